/**
 * A matrix as Python sent it (see `payload.py`), unpacked for quick reading.
 *
 * A cell is a number: its row times the columns, plus its column. Most cells need a state and a
 * version only; what few of them have is kept in maps by that number.
 */

/** Bits of a cell's marks above those of the flags; `payload.py` sets them. */
const DIFFERS = 1, CRITICAL = 2, FIX = 4, DRIFTS = 8, OPEN = 16;

export class Matrix {
  /** @param {string} id names the content. @param {object} payload what `payload.py` made. */
  constructor(id, payload) {
    this.id = id;
    this.dashboard = payload.dashboard;
    this.states = payload.states;
    this.flags = payload.flags;
    this.columns = payload.columns;
    this.rows = payload.rows.map(([service, owner, concern]) => ({ service, owner, concern }));
    this.width = this.columns.length;
    this.versions = payload.versions;
    this.version = Uint32Array.from(payload.version);
    this.state = Uint8Array.from(payload.state, Number);
    this.marks = new Uint32Array(this.version.length);
    for (const [cell, marks] of payload.marks) this.marks[cell] = marks;
    this.mixed = new Map(payload.mixed);
    this.candidate = new Map(payload.candidate);
    this.last = new Map(payload.last);
    this.lag = new Map(
      payload.lag.map(([cell, words, since, until]) => [cell, { words, since, until }]),
    );
    const names = payload.missing;
    this.stale = new Map(
      payload.stale.map(([cell, clusters, at]) => [cell, { clusters: names[clusters], at }]),
    );
    this.unread = new Map(payload.unread.map(([cell, words]) => [cell, names[words]]));
    const above = 2 ** this.flags.length;
    this.differing = DIFFERS * above;
    this.critical = CRITICAL * above;
    this.fix = FIX * above;
    this.drifting = DRIFTS * above;
    this.open = OPEN * above;
    this.rowOf = new Map(this.rows.map((row, at) => [row.service, at]));
    this.columnOf = new Map(this.columns.map((column, at) => [column.key, at]));
  }

  /** The number of a cell. */
  cell(row, column) {
    return row * this.width + column;
  }

  /** The flags of a cell, in the order of the legend. */
  flagsOf(cell) {
    return this.flags.filter((_, bit) => this.marks[cell] & (1 << bit));
  }

  /** The state of a cell by the last data, however old; `state` has the one that it counts as. */
  lastState(cell) {
    return this.states[this.last.get(cell) ?? this.state[cell]];
  }

  /** All versions of a cell and where they run, as exports have them. */
  versionsText(cell) {
    const more = this.whereText(cell);
    const version = this.versions[this.version[cell]];
    return more ? `${version} ${more}` : version;
  }

  /** Where the shown version of a cell runs, and the others: "prod-us (9.9.9 prod-eu)", or "". */
  whereText(cell) {
    const mixed = this.mixed.get(cell);
    if (!mixed) return "";
    const [[, where], ...others] = mixed;
    const texts = others.map(([version, at]) => [this.versions[version], at].filter(Boolean).join(" "));
    return [where, `(${texts.join(", ")})`].filter(Boolean).join(" ");
  }
}
