/** For paper: all rows as a plain table, since only what is in sight is ever drawn. */

import { element } from "./dom.js";
import { cellLine } from "./words.js";

/**
 * @param {Matrix} matrix
 * @param {number[]} rows in order.
 * @param {{fresh: string}[]} heads of the columns.
 * @param {number} now seconds since the epoch.
 */
export function printedTable(matrix, rows, heads, now) {
  const title = ({ group, title }) => (group ? `${group} · ${title}` : title);
  const columns = matrix.columns.map((column, at) =>
    element("th", { scope: "col" }, `${title(column)} ${heads[at].fresh}`),
  );
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, matrix.rows[row].service),
      ...matrix.columns.map((_, at) =>
        element("td", {}, cellLine(matrix, matrix.cell(row, at), now)),
      ),
    ),
  );
  const head = element("tr", {}, element("th", { scope: "col" }, "service"), ...columns);
  return element(
    "table",
    { class: "rdg-printed" },
    element("thead", {}, head),
    element("tbody", {}, ...body),
  );
}
