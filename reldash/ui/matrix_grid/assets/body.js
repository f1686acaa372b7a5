/**
 * The rows in sight. Their nodes are used again for other rows as these come into sight, except
 * that of the row with the keyboard, which would lose its focus.
 */

import { element, setText } from "./dom.js";
import { ROW_HEIGHT } from "./layout.js";
import { cellWords } from "./words.js";

const MORE_ROWS = 4; // drawn above and below those in sight

export class Body {
  constructor() {
    this.node = element("div", { class: "rdg-body", role: "rowgroup" });
    this.lines = new Map(); // by row of the matrix
    this.matrix = null;
  }

  /**
   * Draw what is in sight.
   *
   * @param {object} scene `matrix`; `rows` in order; `layout`; `selection`; `opened`, the number
   *   of the cell whose details are shown, or -1; `top`, `left`, `height` and `width` in sight;
   *   `now` in seconds; `stamp`, which differs where anything but the part in sight and the marks
   *   does; `marks`, which differs where the selection or what is opened does; `headRows`, which
   *   stand above the first.
   */
  draw(scene) {
    if (scene.matrix !== this.matrix) this.#adopt(scene.matrix);
    this.node.style.height = `${scene.rows.length * ROW_HEIGHT}px`;
    const needed = this.#positionsInSight(scene);
    const rows = new Set(Array.from(needed, (position) => scene.rows[position]));
    const free = [...this.lines.keys()].filter((row) => !rows.has(row));
    const columns = scene.layout.columnsIn(scene.left, scene.width);
    for (const position of needed) {
      const row = scene.rows[position];
      let line = this.lines.get(row);
      if (!line) {
        const other = free.pop();
        line = other === undefined ? this.#addLine() : this.lines.get(other);
        this.lines.delete(other);
        this.lines.set(row, line);
        line.stamp = null;
      }
      line.draw(scene, row, position, columns);
    }
    for (const row of free) {
      this.lines.get(row).node.remove();
      this.lines.delete(row);
    }
  }

  /** The node of a cell, or of a row's head for column -1; undefined if it is not drawn. */
  nodeOf(row, column) {
    const line = this.lines.get(row);
    return column < 0 ? line?.head : line?.cells.get(column)?.node;
  }

  #positionsInSight({ rows, top, height, selection }) {
    const first = Math.max(Math.floor(top / ROW_HEIGHT) - MORE_ROWS, 0);
    const last = Math.min(Math.ceil((top + height) / ROW_HEIGHT) + MORE_ROWS, rows.length);
    const positions = new Set();
    for (let position = first; position < last; position++) positions.add(position);
    if (selection.row >= 0 && selection.row < rows.length) positions.add(selection.row);
    return positions;
  }

  /** Keep nodes with their services when newer data comes, so that the focus stays. */
  #adopt(matrix) {
    const lines = new Map();
    for (const [row, line] of this.lines) {
      const now = matrix.rowOf.get(this.matrix.rows[row].service);
      line.forgetColumns(this.matrix, matrix);
      if (now === undefined) line.node.remove();
      else lines.set(now, line);
    }
    this.lines = lines;
    this.matrix = matrix;
  }

  #addLine() {
    const line = new Line();
    this.node.append(line.node);
    return line;
  }
}

/** The nodes of one row. */
class Line {
  constructor() {
    this.name = element("bdi");
    this.head = element("div", { class: "rdg-name", role: "rowheader", "aria-colindex": "1" });
    this.head.append(this.name);
    this.node = element("div", { class: "rdg-row", role: "row" }, this.head);
    this.cells = new Map(); // by column
    this.stamp = null;
  }

  /** Draw the cells of a row in the columns [first, behind); what is as it was is left alone. */
  draw(scene, row, position, [first, behind]) {
    const { selection, stamp } = scene;
    const isMoved = this.stamp !== stamp || this.position !== position;
    const isOther = this.stamp !== stamp || this.row !== row;
    const marks = `${first} ${behind} ${scene.marks}`;
    if (!isMoved && !isOther && this.marks === marks) return;
    Object.assign(this, { stamp, row, position, marks });
    if (isMoved) this.#place(scene);
    if (isOther) this.#drawHead(scene);
    const holdsFocus = selection.row === position;
    mark(this.head, selection.has(position, -1), holdsFocus && selection.column === -1);
    const isNeeded = (column) =>
      (column >= first && column < behind) || (holdsFocus && column === selection.column);
    const free = [...this.cells.keys()].filter((column) => !isNeeded(column));
    const draw = (column) => {
      const cell = this.cells.get(column) ?? this.#cellFor(column, free);
      cell.draw(scene, row, column);
      mark(cell.node, selection.has(position, column), holdsFocus && column === selection.column);
    };
    for (let column = first; column < behind; column++) draw(column);
    if (holdsFocus && selection.column >= 0) draw(selection.column);
    for (const column of free) {
      this.cells.get(column).node.remove();
      this.cells.delete(column);
    }
  }

  #place({ layout, headRows }) {
    this.node.style.top = `${this.position * ROW_HEIGHT}px`;
    this.node.style.width = `${layout.total}px`;
    this.node.setAttribute("aria-rowindex", this.position + headRows + 1);
  }

  #drawHead({ matrix, layout }) {
    const { service, owner } = matrix.rows[this.row];
    setText(this.name, service);
    this.head.title = owner ? `${service}\nowner: ${owner}` : service;
    this.head.style.width = `${layout.names}px`;
  }

  /** Take the columns of other data: those that are still there keep their nodes. */
  forgetColumns(old, matrix) {
    const cells = new Map();
    for (const [column, cell] of this.cells) {
      const now = matrix.columnOf.get(old.columns[column].key);
      if (now === undefined) cell.node.remove();
      else cells.set(now, cell);
    }
    this.cells = cells;
    this.stamp = null;
  }

  /** A node for a column: one that is no longer needed elsewhere in the row, or a new one. */
  #cellFor(column, free) {
    const other = free.pop();
    const cell = other === undefined ? new Cell() : this.cells.get(other);
    if (other === undefined) this.node.append(cell.node);
    else this.cells.delete(other);
    this.cells.set(column, cell);
    return cell;
  }
}

const PIECES = ["shape", "version", "more", "state", "distance", "flags"];

/** The node of one cell: pieces of text, none of which is ever read as anything else. */
class Cell {
  constructor() {
    this.node = element("div", { role: "gridcell" });
    this.texts = PIECES.map((piece) => {
      const text = document.createTextNode("");
      const made = element(piece === "version" ? "bdi" : "span", { class: `rdg-${piece}` }, text);
      if (piece === "shape") made.setAttribute("aria-hidden", "true");
      this.node.append(made, " ");
      return text;
    });
  }

  draw(scene, row, column) {
    const { matrix, layout, opened, now, stamp } = scene;
    const cell = matrix.cell(row, column);
    if (this.stamp !== stamp || this.column !== column) {
      this.column = column;
      this.node.style.left = `${layout.lefts[column]}px`;
      this.node.style.width = `${layout.widthOf(column)}px`;
      this.node.setAttribute("aria-colindex", column + 2);
    }
    if (this.stamp !== stamp || this.cell !== cell) {
      const words = cellWords(matrix, cell, now);
      this.texts.forEach((text, at) => {
        if (text.data !== words[PIECES[at]]) text.data = words[PIECES[at]];
      });
    }
    Object.assign(this, { stamp, cell });
    const state = `rdg-state-${matrix.lastState(cell).name}`;
    const muted = matrix.marks[cell] & matrix.open ? " rdg-muted" : "";
    const faded = matrix.last.has(cell) ? " rdg-faded" : "";
    const name = `rdg-cell ${state}${muted}${faded}${cell === opened ? " rdg-opened" : ""}`;
    if (this.node.className !== name) this.node.className = name;
  }
}

/** Say whether a cell is in the range, and whether it is where the keyboard enters the grid. */
export function mark(node, isSelected, holdsFocus) {
  const [selected, index] = [String(isSelected), holdsFocus ? 0 : -1];
  if (node.getAttribute("aria-selected") !== selected) node.setAttribute("aria-selected", selected);
  if (node.tabIndex !== index || !node.hasAttribute("tabindex")) node.tabIndex = index;
}
