/**
 * Which rows a view shows, in which order, and how many cells each chip would choose: the same
 * rules as `filter_matrix` in `domain/filters.py`, so that exports hold what the grid shows.
 */

/**
 * @param {Matrix} matrix
 * @param {object} view as `readView` gives it.
 * @returns {{rows: number[], states: number[], flags: number[], differing: number,
 *   critical: number, cells: number, drifting: number, open: number}} rows in order; cells by the
 *   state that they count as and by flag, of the rows that the search shows; how many cells differ,
 *   run something critical, are there at all, drift, and are not fully known.
 */
export function applyView(matrix, view) {
  const finds = finder(matrix, view.text);
  const wanted = {
    states: chosenBits(matrix.states, view.states),
    flags: chosenBits(matrix.flags, view.flags),
    marks: (view.differs ? matrix.differing : 0) | (view.critical ? matrix.critical : 0),
  };
  const states = matrix.states.map(() => 0);
  const byMarks = new Map();
  const rows = [];
  for (let row = 0; row < matrix.rows.length; row++) {
    if (!finds(row)) continue;
    const first = matrix.cell(row, 0);
    let shown = !wanted.states && !wanted.flags && !wanted.marks;
    for (let cell = first; cell < first + matrix.width; cell++) {
      const marks = matrix.marks[cell];
      if (marks) byMarks.set(marks, (byMarks.get(marks) ?? 0) + 1);
      states[matrix.state[cell]]++;
      shown ||= isWanted(matrix.state[cell], marks, wanted);
    }
    if (shown) rows.push(row);
  }
  const count = (bit) => {
    let sum = 0;
    for (const [marks, cells] of byMarks) if (marks & bit) sum += cells;
    return sum;
  };
  return {
    rows: sorted(matrix, rows, view),
    states,
    flags: matrix.flags.map((_, bit) => count(1 << bit)),
    differing: count(matrix.differing),
    critical: count(matrix.critical),
    cells: states.reduce((sum, cells) => sum + cells, 0),
    drifting: count(matrix.drifting),
    open: count(matrix.open),
  };
}

/** Text as it is compared, like Python's `casefold`: letter by letter, whatever stands around. */
export function folded(text) {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (letter) => letter.toUpperCase().toLowerCase()).join("");
}

function isWanted(state, marks, wanted) {
  return (
    (!wanted.states || wanted.states & (1 << state)) &&
    (!wanted.flags || wanted.flags & marks) &&
    (wanted.marks & marks) === wanted.marks
  );
}

function chosenBits(legend, names) {
  return legend.reduce((bits, { name }, at) => (names.includes(name) ? bits | (1 << at) : bits), 0);
}

/** A function that says whether a row holds every word of a text. */
function finder(matrix, text) {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (!words.length) return () => true;
  const searched = searchable(matrix);
  const hits = words.map((word) => searched.versions.map((version) => version.includes(word)));
  return (row) =>
    words.every((word, at) => {
      if (searched.names[row].includes(word)) return true;
      const first = matrix.cell(row, 0);
      for (let cell = first; cell < first + matrix.width; cell++) {
        if (hits[at][matrix.version[cell]]) return true;
      }
      return searched.more.get(row)?.includes(word) ?? false;
    });
}

const searchables = new WeakMap();

/** Folded texts of a matrix, made at the first search: names, versions, and what few cells have. */
function searchable(matrix) {
  let found = searchables.get(matrix);
  if (!found) {
    const more = new Map();
    const add = (cell, text) => {
      const row = Math.floor(cell / matrix.width);
      more.set(row, `${more.get(row) ?? ""}\n${folded(text)}`);
    };
    for (const [cell, mixed] of matrix.mixed) {
      for (const [version] of mixed) add(cell, matrix.versions[version]);
    }
    for (const [cell, text] of matrix.candidate) add(cell, text);
    found = {
      names: matrix.rows.map(({ service, owner }) => folded(`${service}\n${owner}`)),
      versions: matrix.versions.map(folded),
      more,
    };
    searchables.set(matrix, found);
  }
  return found;
}

/** The rows in the order asked for, as `domain/sorting.py` has it; what has no key comes last. */
function sorted(matrix, rows, { sort, descending }) {
  const key = sortKey(matrix, sort);
  if (!key) return rows;
  const way = descending ? -1 : 1;
  const rank = (row) => {
    const value = key(row);
    return value === null ? Infinity : way * value;
  };
  const ranks = new Map(rows.map((row) => [row, rank(row)]));
  return rows.sort((a, b) => {
    const [one, other] = [ranks.get(a), ranks.get(b)];
    return one === other ? a - b : one < other ? -1 : 1;
  });
}

function sortKey(matrix, sort) {
  if (sort === "service") return (row) => row;
  if (sort === "concern") return (row) => matrix.rows[row].concern;
  const column = sort.startsWith("version:") && matrix.columnOf.get(sort.slice(8));
  // Versions stand in their order in the payload, so that their numbers can be compared.
  if (typeof column === "number") return (row) => matrix.version[matrix.cell(row, column)] || null;
  return null;
}
