/** How wide columns have to be for what their cells say, in pixels. */

const CHARACTER = { version: 8.9, other: 6.7 };
const AROUND = 50; // a cell's padding, its shape and what lies between its pieces
const AGE = ", 59 min".length; // the longest: columns must not grow as time passes
const STALE = ", was  read 59 min ago".length;
const FIX = "✚ fix ready ".length;
const STEP = 16;
const SAMPLE = 20_000; // cells that are looked at, so that large matrices are not kept waiting
const WHOLE = 0.95; // of a column's cells; the odd long one would cost the others their room

/** What columns once needed, by dashboard and column: newer data must not make them narrower. */
const known = new Map();
const measured = new WeakMap();

/**
 * What each column needs for nearly all of its cells to be read whole.
 *
 * @param {Matrix} matrix
 * @param {number} most no column is said to need more.
 * @returns {number[]} by column.
 */
export function widthsOf(matrix, most) {
  if (!measured.has(matrix)) measured.set(matrix, measure(matrix, most));
  return matrix.columns.map(({ key }, column) => {
    const name = `${matrix.dashboard}\n${key}`;
    known.set(name, Math.max(known.get(name) ?? 0, measured.get(matrix)[column]));
    return known.get(name);
  });
}

function measure(matrix, most) {
  const steps = Math.ceil(most / STEP);
  const counts = Array.from(matrix.columns, () => new Uint32Array(steps + 1));
  const widthOf = measurer(matrix);
  const stride = Math.ceil(matrix.version.length / SAMPLE); // some rows tell of many
  for (let row = 0; row < matrix.rows.length; row += stride) {
    for (let column = 0; column < matrix.width; column++) {
      const step = Math.ceil(widthOf(row * matrix.width + column) / STEP);
      counts[column][Math.min(step, steps)] += 1;
    }
  }
  const enough = WHOLE * Math.ceil(matrix.rows.length / stride);
  return counts.map((ofColumn) => {
    let [step, cells] = [0, ofColumn[0]];
    while (cells < enough) cells += ofColumn[++step];
    return Math.min(step * STEP, most);
  });
}

/** The width of a cell, by its number. */
function measurer(matrix) {
  const { versions, version, flags, marks, fix, lag } = matrix;
  const { stale, unread, mixed, candidate } = matrix;
  const ofVersions = versions.map((text) => AROUND + text.length * CHARACTER.version);
  const ofFlags = (bits) =>
    flags.reduce((sum, { word }, bit) => (bits & (1 << bit) ? sum + word.length + 2 : sum), 0) +
    (bits & fix ? FIX : 0);
  const ofLag = ({ words, since }) => (words?.length ?? 0) + (since == null ? 0 : AGE);
  return (cell) => {
    let characters = matrix.lastState(cell).word.length;
    if (marks[cell]) characters += ofFlags(marks[cell]);
    if (lag.has(cell)) characters += ofLag(lag.get(cell));
    if (stale.has(cell)) characters += STALE + stale.get(cell).clusters.length;
    if (unread.has(cell)) characters += unread.get(cell).length + 2;
    if (mixed.has(cell)) characters += matrix.whereText(cell).length + 1;
    if (candidate.has(cell)) characters += candidate.get(cell).length + 3;
    return ofVersions[version[cell]] + characters * CHARACTER.other;
  };
}
