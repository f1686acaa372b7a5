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
 *   flags: string}} "▼", "1.4", "· 2 of 3 → canary 10 % 1.5", "behind", "2 minor, 12 d",
 *   "⚑ mixed, stuck"; "" for what it has nothing of.
 */
export function cellWords(matrix, cell, now) {
  const state = matrix.states[matrix.state[cell]];
  const mixed = matrix.mixed.get(cell);
  const candidate = matrix.candidate.get(cell);
  const lag = matrix.lag.get(cell);
  const stale = matrix.staleSince.get(cell);
  const flags = matrix.flagsOf(cell).map(({ word }) => word).join(", ");
  return {
    shape: state.mark,
    version: matrix.versions[matrix.version[cell]],
    more: joined(" ", mixed && shareWords(mixed), candidate && `→ ${candidate}`),
    state: state.word,
    distance: joined(
      ", ",
      lag?.words,
      lag?.since != null && durationWords(now - lag.since),
      stale != null && `read ${durationWords(now - stale)} ago`,
    ),
    flags: joined(" ", flags && `${FLAG_MARK} ${flags}`, matrix.marks[cell] & matrix.fix && FIX),
  };
}

/** All of a cell for its tooltip: its line, then the exact times that the ages in it began at. */
export function cellHover(matrix, cell, now) {
  const since = matrix.lag.get(cell)?.since;
  const stale = matrix.staleSince.get(cell);
  return joined(
    "\n",
    cellLine(matrix, cell, now),
    since != null && `waiting since ${exactTime(since)}`,
    stale != null && `read ${exactTime(stale)}`,
  );
}

/** A cell in one line, for print and the first line of its tooltip. */
export function cellLine(matrix, cell, now) {
  const { shape, version, more, state, distance, flags } = cellWords(matrix, cell, now);
  return joined(" ", version, more, shape, state, distance, flags);
}

function shareWords(mixed) {
  const places = mixed.reduce((sum, [, count]) => sum + count, 0);
  return `· ${mixed[0][1]} of ${places}`;
}

function joined(separator, ...parts) {
  return parts.filter(Boolean).join(separator);
}
