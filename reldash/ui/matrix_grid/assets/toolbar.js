/** The toolbar above the cells: search, filter chips, number of rows, exports. */

import { element, setText } from "./dom.js";
import { filterPairs } from "./view.js";
import { counted, FLAG_MARK, totalWords } from "./words.js";

export class Toolbar {
  /** @param {(change: object) => void} choose called with the parts of the view that changed. */
  constructor(choose) {
    this.choose = choose;
    this.search = element("input", {
      type: "search",
      placeholder: "Service, version or owner",
      "aria-label": "Search",
      maxlength: "500", // as `domain/filters.py` allows
    });
    this.search.addEventListener("input", () => choose({ text: this.search.value }));
    this.chips = element("div", { class: "rdg-chips", role: "group", "aria-label": "Show only" });
    this.shown = element("span", { role: "status" });
    this.scans = element("span", { role: "status" });
    this.csv = element("a", { download: "" }, "CSV");
    this.json = element("a", { download: "" }, "JSON");
    this.node = element(
      "div",
      { class: "rdg-bar" },
      this.search,
      this.chips,
      element("p", { class: "rd-caption" }, this.shown, this.scans, this.csv, this.json),
    );
    this.matrix = null;
  }

  /**
   * @param {Matrix} matrix
   * @param {object} view
   * @param {object} found what `applyView` gave.
   * @param {object} options the options from Python (see `matrix_grid/__init__.py`).
   */
  draw(matrix, view, found, options) {
    if (matrix !== this.matrix) this.#makeChips(matrix);
    this.matrix = matrix;
    if (this.search.value !== view.text) this.search.value = view.text;
    this.states.forEach((chip, at) => {
      const { name } = matrix.states[at];
      drawChip(chip, view.states.includes(name), found.states[at], name === "unknown" ? 0 : found.open);
    });
    this.flags.forEach((chip, at) => {
      const { name } = matrix.flags[at];
      drawChip(chip, view.flags.includes(name), found.flags[at], name === "stale" ? 0 : found.open);
    });
    drawChip(this.differs, view.differs, found.differing, found.open);
    drawChip(this.critical, view.critical, found.critical, found.open);
    drawChip(this.mostSerious, view.sort === "concern", 1);
    setText(this.shown, shownWords(matrix, found, options));
    this.critical.node.title = options.scans;
    setText(this.scans, view.critical ? options.scans : "");
    const query = new URLSearchParams([...options.query, ...filterPairs(view)]).toString();
    for (const [link, suffix] of [[this.csv, "csv"], [this.json, "json"]]) {
      link.href = `${options.exports}.${suffix}${query && `?${query}`}`;
    }
  }

  #makeChips(matrix) {
    const named = (legend, key, lookOf) =>
      legend.map((entry) =>
        makeChip(...lookOf(entry), entry.word, entry.meaning, (view) => ({
          [key]: toggled(view[key], entry.name),
        })),
      );
    this.states = named(matrix.states, "states", ({ name, mark }) => [`rdg-state-${name}`, mark]);
    this.flags = named(matrix.flags, "flags", () => ["rdg-flags", FLAG_MARK]);
    this.differs = makeChip("", "≠", "only differences", "", (view) => ({
      differs: !view.differs,
    }));
    this.critical = makeChip("", "✚", "critical findings", "", (view) => ({
      critical: !view.critical,
    }));
    this.mostSerious = makeChip("", "⇅", "most serious first", "", (view) => ({
      sort: view.sort === "concern" ? "" : "concern",
      descending: false,
    }));
    const all = [this.mostSerious, this.differs, this.critical, ...this.states, ...this.flags];
    for (const chip of all) {
      chip.node.addEventListener("click", () => this.choose(chip.change));
    }
    this.mostSerious.count.remove();
    this.chips.replaceChildren(...all.map(({ node }) => node));
  }
}

/**
 * A button that is pressed or not.
 *
 * @param {string} look a class, or "".
 * @param {(view: object) => object} change what of a view it changes.
 */
function makeChip(look, shape, word, meaning, change) {
  const count = element("span", { class: "rd-count" });
  const node = element(
    "button",
    { type: "button", class: `rdg-chip ${look}`, title: meaning || null },
    element("span", { "aria-hidden": "true" }, shape),
    ` ${word} `,
    count,
  );
  return { node, count, change };
}

/** Hide a chip that matches no cell, unless it is pressed; with open cells, there may be more. */
function drawChip({ node, count }, isPressed, cells, open = 0) {
  node.setAttribute("aria-pressed", String(isPressed));
  node.hidden = !isPressed && !cells;
  setText(count, `${open ? "≥ " : ""}${cells.toLocaleString("en")}`);
}

function toggled(names, name) {
  return names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
}

function shownWords(matrix, found, { noun, total }) {
  const { rows } = found;
  const shown = counted(rows.length, noun);
  const words = rows.length === total ? shown : `${shown} of ${total.toLocaleString("en")}`;
  const size = `${words}, ${counted(matrix.width, "column")}`;
  // Of no cell nothing is counted: what is not known may match too.
  return found.cells ? `${size}: ${totalWords(found)}` : size;
}
