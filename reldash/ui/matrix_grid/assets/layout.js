/** Where columns stand, in pixels from the left of all that can be scrolled. */

export const ROW_HEIGHT = 32;

const NAMES = { share: 0.4, width: 220 };
const COLUMN = { narrowest: 208, widest: 380 };
const NARROWEST_RESIZED = 60;

/** Widths that a person gave, by dashboard and column; they last as long as the browser's tab. */
const resized = new Map();

export class Layout {
  /** @param {Matrix} matrix @param {number} available the width of the grid. */
  constructor(matrix, available) {
    this.matrix = matrix;
    this.names = resized.get(keyOf(matrix, -1)) ?? Math.min(NAMES.width, available * NAMES.share);
    const even = (available - this.names) / matrix.width;
    const width = Math.floor(Math.min(Math.max(even, COLUMN.narrowest), COLUMN.widest));
    this.lefts = new Float64Array(matrix.width + 1);
    this.lefts[0] = this.names;
    for (let column = 0; column < matrix.width; column++) {
      const own = resized.get(keyOf(matrix, column)) ?? width;
      this.lefts[column + 1] = this.lefts[column] + own;
    }
  }

  /** The width of all columns. */
  get total() {
    return this.lefts[this.matrix.width];
  }

  /** The width of a column; -1 is that of services. */
  widthOf(column) {
    return column < 0 ? this.names : this.lefts[column + 1] - this.lefts[column];
  }

  /** Keep the width of a column, for this and later layouts of the dashboard. */
  resize(column, width) {
    resized.set(keyOf(this.matrix, column), Math.max(width, NARROWEST_RESIZED));
  }

  /** The columns to draw: [first, behind the last), for a part that is scrolled to. */
  columnsIn(left, width) {
    const first = Math.max(this.#columnAt(left + this.names) - 1, 0);
    return [first, Math.min(this.#columnAt(left + width) + 2, this.matrix.width)];
  }

  #columnAt(left) {
    let [low, high] = [0, this.matrix.width];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lefts[middle + 1] <= left) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keyOf(matrix, column) {
  return `${matrix.dashboard}\n${column < 0 ? "" : matrix.columns[column].key}`;
}
