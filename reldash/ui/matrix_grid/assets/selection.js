/**
 * Where the keyboard stands, and the range of cells from an anchor to there.
 *
 * Rows are places in what is shown, columns those of the matrix; -1 is the head, and the column of
 * services.
 */
export class Selection {
  constructor() {
    this.row = 0;
    this.column = 0;
    this.collapse();
  }

  /** Stand elsewhere; `extend` keeps the anchor. */
  moveTo(row, column, { extend = false } = {}) {
    this.row = row;
    this.column = column;
    if (!extend) this.collapse();
  }

  /** Let the range be the one cell stood on. */
  collapse() {
    this.anchorRow = this.row;
    this.anchorColumn = this.column;
  }

  /** Stay within what is shown. */
  clamp(rows, columns) {
    const last = (value, count) => Math.min(value, count - 1);
    this.row = last(this.row, rows);
    this.column = last(this.column, columns);
    this.anchorRow = last(this.anchorRow, rows);
    this.anchorColumn = last(this.anchorColumn, columns);
  }

  /** Whether it is more than one cell. */
  get isRange() {
    return this.row !== this.anchorRow || this.column !== this.anchorColumn;
  }

  /** Differs where the place or the range does. */
  get fingerprint() {
    return `${this.row} ${this.column} ${this.anchorRow} ${this.anchorColumn}`;
  }

  /** First and last row and column. */
  get bounds() {
    return {
      top: Math.min(this.row, this.anchorRow),
      bottom: Math.max(this.row, this.anchorRow),
      left: Math.min(this.column, this.anchorColumn),
      right: Math.max(this.column, this.anchorColumn),
    };
  }

  /** Whether a cell is in the range. */
  has(row, column) {
    const { top, bottom, left, right } = this.bounds;
    return row >= top && row <= bottom && column >= left && column <= right;
  }
}
