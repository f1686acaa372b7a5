/** A range of cells as text with tabs, for spreadsheets and messages. */

/**
 * @param {Matrix} matrix
 * @param {number[]} rows in order.
 * @param {{top: number, bottom: number, left: number, right: number}} bounds of the range; -1 is
 *   the head, and the column of services.
 */
export function rangeText(matrix, rows, { top, bottom, left, right }) {
  const lines = [];
  for (let position = top; position <= bottom; position++) {
    const line = [];
    for (let column = left; column <= right; column++) {
      line.push(harmless(textOf(matrix, rows[position], column)));
    }
    lines.push(line.join("\t"));
  }
  return lines.join("\n");
}

function textOf(matrix, row, column) {
  if (row === undefined) return column < 0 ? "service" : matrix.columns[column].key;
  if (column < 0) return matrix.rows[row].service;
  return matrix.versionsText(matrix.cell(row, column));
}

/** One field, which no spreadsheet takes for a formula (as in `domain/tables.py`). */
function harmless(text) {
  const field = text.replace(/[\t\r\n]+/g, " ");
  return /^[=+\-@]/.test(field) ? `'${field}` : field;
}
