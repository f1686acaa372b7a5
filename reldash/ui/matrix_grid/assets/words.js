/** Words of cells, as `domain/words.py` and `domain/texts.py` have them. */

import { exactTime } from "./times.js";

const UNITS = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

export const FLAG_MARK = "⚑";
const FIX = "✚ fix ready";

/** The whole of a duration's largest unit: "12 d", "3 h"; seconds in, "0 s" for less than one. */
export function durationWords(seconds) {
  for (const [unit, size] of UNITS) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return "0 s";
}

/** A number with its noun: "1 service", "3 services". */
export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * What a cell says, in pieces that are drawn apart.
 *
 * @param {Matrix} matrix
 * @param {number} cell
 * @param {number} now seconds since the epoch.
 * @returns {{shape: string, version: string, more: string, state: string, distance: string,
 *   flags: string}} "▼", "1.4", "prod-us (1.5 prod-eu) → canary 10 % 1.6", "behind",
 *   "2 minor, 12 d, prod-us read 9 min ago", "⚑ mixed, stuck"; "" for what it has nothing of.
 */
export function cellWords(matrix, cell, now) {
  const state = matrix.lastState(cell);
  const candidate = matrix.candidate.get(cell);
  const lag = matrix.lag.get(cell);
  const stale = matrix.stale.get(cell);
  // That it is stale is said with its age.
  const shown = matrix.flagsOf(cell).filter(({ name }) => !stale || name !== "stale");
  const flags = shown.map(({ word }) => word).join(", ");
  return {
    shape: state.mark,
    version: matrix.versions[matrix.version[cell]],
    more: joined(" ", matrix.whereText(cell), candidate && `→ ${candidate}`),
    state: stale && state.name !== "unknown" ? `was ${state.word}` : state.word,
    distance: joined(
      ", ",
      lag?.words,
      lag?.since != null && durationWords((lag.until ?? now) - lag.since),
      stale && staleWords(stale, now),
      matrix.unread.get(cell),
    ),
    flags: joined(" ", flags && `${FLAG_MARK} ${flags}`, matrix.marks[cell] & matrix.fix && FIX),
  };
}

/** All of a cell for its tooltip: its line, then the exact times that the ages in it began at. */
export function cellHover(matrix, cell, now) {
  const since = matrix.lag.get(cell)?.since;
  const stale = matrix.stale.get(cell);
  return joined(
    "\n",
    cellLine(matrix, cell, now),
    since != null && `waiting since ${exactTime(since)}`,
    stale?.at != null && `${stale.clusters} read ${exactTime(stale.at)}`,
    matrix.marks[cell] & matrix.open && countedWords(matrix, cell),
  );
}

/** A cell in one line, for print and the first line of its tooltip. */
export function cellLine(matrix, cell, now) {
  const { shape, version, more, state, distance, flags } = cellWords(matrix, cell, now);
  return joined(" ", version, more, shape, state, distance, flags);
}

/** How many cells drift, and how many are not fully known: as `reasons/totals.py` has it. */
export function totalWords({ cells, drifting, open }) {
  if (!open) return `${counted(drifting, "cell")} ${drifting === 1 ? "drifts" : "drift"}`;
  const unknown = `${open.toLocaleString("en")} not fully known`;
  if (drifting) {
    return `at least ${counted(drifting, "cell")} ${drifting === 1 ? "drifts" : "drift"}, ${unknown}`;
  }
  const of = `${open.toLocaleString("en")} of ${counted(cells, "cell")} not fully known`;
  return open < cells ? `${of}; none of the others drifts` : of;
}

/** That a view shows no row: what is not fully known may be a match all the same. */
export function noMatchWords(matrix) {
  const open = matrix.marks.reduce((sum, marks) => sum + ((marks & matrix.open) !== 0), 0);
  return open ? `No match in what is known: ${counted(open, "cell")} not fully known` : "No match";
}

function staleWords({ clusters, at }, now) {
  return at == null ? `no read of ${clusters} kept` : `${clusters} read ${durationWords(now - at)} ago`;
}

function countedWords(matrix, cell) {
  const { word } = matrix.states[matrix.state[cell]];
  return `not fully known: counts as ${word}`;
}

function joined(separator, ...parts) {
  return parts.filter(Boolean).join(separator);
}
