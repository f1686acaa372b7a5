/** The heads of the columns in sight, and of their groups: title, freshness, order, width. */

import { element, setText } from "./dom.js";
import { mark } from "./body.js";
import { counted } from "./words.js";

const ARROWS = { ascending: "▴", descending: "▾", none: "" };

export class Head {
  /** @param {(column: number, width: number) => void} onResize what a dragged edge calls. */
  constructor(onResize) {
    this.onResize = onResize;
    this.groups = element("div", { class: "rdg-groups", role: "row", "aria-rowindex": "1" });
    this.line = element("div", { class: "rdg-heads", role: "row" });
    this.node = element("div", { class: "rdg-head", role: "rowgroup" }, this.groups, this.line);
    this.heads = new Map(); // by column; -1 is that of services
    this.matrix = null;
  }

  /** The node of a column's head; undefined if it is not drawn. */
  nodeOf(column) {
    return this.heads.get(column)?.node;
  }

  /** Draw what is in sight; `scene` as for `Body.draw`, with `heads` and `view`. */
  draw(scene) {
    if (scene.matrix !== this.matrix) {
      this.matrix = scene.matrix;
      this.spans = spansOf(scene.matrix);
    }
    const { layout, selection } = scene;
    this.node.style.width = `${layout.total}px`;
    this.groups.hidden = !this.spans.length;
    this.line.setAttribute("aria-rowindex", scene.headRows);
    const [first, behind] = layout.columnsIn(scene.left, scene.width);
    this.#drawGroups(layout, first, behind);
    const needed = new Set([-1]);
    for (let column = first; column < behind; column++) needed.add(column);
    if (selection.row === -1) needed.add(selection.column);
    for (const [column, { node }] of this.heads) {
      if (!needed.has(column)) {
        node.remove();
        this.heads.delete(column);
      }
    }
    for (const column of needed) this.#drawHead(scene, column);
  }

  #drawHead({ matrix, layout, selection, heads, view }, column) {
    const head = this.heads.get(column) ?? this.#addHead(column);
    const { node, title, fresh, arrow } = head;
    const sort = column < 0 ? "service" : `version:${matrix.columns[column].key}`;
    const order = view.sort !== sort ? "none" : view.descending ? "descending" : "ascending";
    setText(title, column < 0 ? "service" : matrix.columns[column].title);
    setText(fresh, column < 0 ? "" : underTitle(matrix.columns[column], heads[column]));
    setText(arrow, ARROWS[order]);
    node.title = column < 0 ? "Sort by service" : `${heads[column].help}\nSort by version`;
    node.setAttribute("aria-sort", order);
    node.style.width = `${layout.widthOf(column)}px`;
    if (column >= 0) node.style.left = `${layout.lefts[column]}px`;
    mark(node, selection.has(-1, column), selection.row === -1 && selection.column === column);
  }

  #addHead(column) {
    const [title, fresh, arrow] = [element("bdi"), element("small"), element("span")];
    const edge = element("span", { class: "rdg-edge", "aria-hidden": "true" });
    const node = element(
      "div",
      {
        class: column < 0 ? "rdg-corner" : "rdg-column",
        role: "columnheader",
        "aria-colindex": String(column + 2),
        "data-column": String(column),
      },
      element("span", { class: "rdg-title" }, title, " ", arrow),
      fresh,
      edge,
    );
    edge.addEventListener("pointerdown", (event) => this.#drag(event, column));
    const head = { node, title, fresh, arrow };
    this.heads.set(column, head);
    this.line.append(node);
    return head;
  }

  /** Follow the pointer with a column's width, until it is let go. */
  #drag(event, column) {
    event.preventDefault();
    event.stopPropagation();
    const edge = event.currentTarget;
    const width = edge.parentElement.offsetWidth;
    const follow = ({ clientX }) => this.onResize(column, width + clientX - event.clientX);
    edge.setPointerCapture(event.pointerId);
    edge.addEventListener("pointermove", follow);
    const end = () => edge.removeEventListener("pointermove", follow);
    edge.addEventListener("lostpointercapture", end, { once: true });
  }

  #drawGroups(layout, first, behind) {
    const shown = this.spans.filter((span) => span.behind > first && span.first < behind);
    this.groups.replaceChildren(
      ...shown.map((span) => {
        const node = element(
          "div",
          {
            class: "rdg-group",
            role: "columnheader",
            title: span.title,
            "aria-colindex": String(span.first + 2),
            "aria-colspan": String(span.behind - span.first),
          },
          element("bdi", { style: `left: ${layout.names + 8}px` }, span.title),
        );
        node.style.left = `${layout.lefts[span.first]}px`;
        node.style.width = `${layout.lefts[span.behind] - layout.lefts[span.first]}px`;
        return node;
      }),
    );
  }
}

/** "12 deployments · read 15:04" */
function underTitle({ places }, { fresh }) {
  return [places && counted(places, "deployment"), fresh].filter(Boolean).join(" · ");
}

/** Neighbouring columns of one group; none where columns have no groups. */
function spansOf({ columns }) {
  const spans = [];
  columns.forEach(({ group }, at) => {
    if (spans.at(-1)?.title === group) spans.at(-1).behind = at + 1;
    else spans.push({ title: group, first: at, behind: at + 1 });
  });
  return spans.some(({ title }) => title) ? spans : [];
}
