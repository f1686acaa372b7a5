/** Where columns stand, in pixels from the left of all that can be scrolled. */

import { widthsOf } from "./widths.js";

export const ROW_HEIGHT = 32;

const NAMES = { share: 0.4, width: 220 };
const COLUMN = { narrowest: 160, widest: 380, roomiest: 640 }; // the last for cells that need it
const NARROWEST_RESIZED = 60;

/** Widths that a person gave, by dashboard and column; they last as long as the browser's tab. */
const resized = new Map();

export class Layout {
  /** @param {Matrix} matrix @param {number} available the width of the grid. */
  constructor(matrix, available) {
    this.matrix = matrix;
    this.names = resized.get(keyOf(matrix, -1)) ?? Math.min(NAMES.width, available * NAMES.share);
    const widths = shared(widthsOf(matrix, COLUMN.roomiest), available - this.names);
    this.lefts = new Float64Array(matrix.width + 1);
    this.lefts[0] = this.names;
    let left = this.names;
    for (let column = 0; column < matrix.width; column++) {
      left += resized.get(keyOf(matrix, column)) ?? widths[column];
      this.lefts[column + 1] = Math.round(left); // lines between columns stay sharp
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

/**
 * The widths of columns in a room: what each usually needs, then what cells that say much need
 * beyond that, then each its share of what is left of the room.
 * Where needs are too much for the room but columns are not, they share the room by their needs;
 * where columns are too many, they are scrolled.
 */
function shared(needed, room) {
  const usual = needed.map((width) => Math.min(width, COLUMN.widest));
  const least = needed.map((width) => Math.min(width, COLUMN.narrowest));
  if (sum(usual) <= room) {
    const whole = grown(usual, needed, room);
    const more = (room - sum(whole)) / needed.length;
    return whole.map((width) => Math.max(width, Math.min(width + more, COLUMN.widest)));
  }
  if (sum(least) > room) return usual.map((width) => Math.max(width, COLUMN.narrowest));
  return grown(least, usual, room);
}

/** Widths that grow towards others, all by the same part of the way, as far as the room goes. */
function grown(widths, goals, room) {
  const way = sum(goals) - sum(widths);
  const part = way ? Math.min((room - sum(widths)) / way, 1) : 0;
  return widths.map((width, column) => width + (goals[column] - width) * part);
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function keyOf(matrix, column) {
  return `${matrix.dashboard}\n${column < 0 ? "" : matrix.columns[column].key}`;
}
