/**
 * The matrix on screen: search and chips, and below them a grid of which only what is in sight is
 * drawn. All that a person chooses is drawn at once, from what this tab holds; Python is notified by
 * one change of the URL.
 */

import { Body } from "./body.js";
import { rangeText } from "./copy.js";
import { element, setText } from "./dom.js";
import { applyView } from "./filter.js";
import { Head } from "./head.js";
import { destination } from "./keys.js";
import { Layout, ROW_HEIGHT } from "./layout.js";
import { printedTable } from "./print.js";
import { Selection } from "./selection.js";
import { matrixOf, onArrival } from "./store.js";
import { Toolbar } from "./toolbar.js";
import { isSame, readView, showInUrl } from "./view.js";
import { cellHover, noMatchWords } from "./words.js";

const TELL_AFTER = 300; // milliseconds without another change
const AGES_EVERY = 30_000; // milliseconds

export class Grid {
  constructor(parent) {
    this.parent = parent;
    this.view = readView();
    this.selection = new Selection();
    this.stamp = 0;
    this.toolbar = new Toolbar((change) => this.#choose(change));
    this.head = new Head((column, width) => this.#resize(column, width));
    this.body = new Body();
    this.scroller = element(
      "div",
      { class: "rdg-scroll", role: "grid", "aria-multiselectable": "true" },
      this.head.node,
      this.body.node,
    );
    this.noMatch = element("p", { class: "rd-empty-title" });
    this.empty = element(
      "div",
      { class: "rd-empty", hidden: "" },
      this.noMatch,
      element("p", {}, "Clear a filter, or try a shorter search."),
    );
    this.colours = element("style");
    this.node = element(
      "div",
      { class: "rdg" },
      this.colours,
      this.toolbar.node,
      this.scroller,
      this.empty,
    );
    this.#listen();
  }

  /** Take the options from Python; the matrix itself may arrive a little later. */
  update(options) {
    this.options = options;
    const matrix = matrixOf(options.id);
    if (!matrix) return;
    const isFirst = !this.matrix;
    const stoodOn = this.#place();
    this.matrix = matrix;
    this.colours.textContent = coloursOf(matrix.states);
    this.scroller.setAttribute("aria-label", options.label);
    this.scroller.setAttribute("aria-colcount", matrix.width + 1);
    if (this.telling === undefined) this.view = readView();
    if (isFirst) this.parent.append(this.node);
    this.#apply(stoodOn);
    if (isFirst) this.#goToOpened();
  }

  /** Let go of all that outlives the nodes. */
  end() {
    clearTimeout(this.telling);
    clearInterval(this.ageing);
    this.listening.abort();
    this.watch.disconnect();
    this.node.remove();
  }

  #listen() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    onArrival(() => this.options && this.update(this.options), signal);
    window.addEventListener("popstate", () => this.#follow(), { signal });
    window.addEventListener("beforeprint", () => this.#print(), { signal });
    window.addEventListener("afterprint", () => this.printed?.remove(), { signal });
    this.watch = new ResizeObserver(() => this.#layOut());
    this.watch.observe(this.scroller);
    this.ageing = setInterval(() => this.#layOut(), AGES_EVERY);
    this.scroller.addEventListener("scroll", () => this.#drawSoon(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#onKey(event));
    this.scroller.addEventListener("pointerdown", (event) => this.#onPress(event));
    this.scroller.addEventListener("pointerover", (event) => this.#onPoint(event));
    this.scroller.addEventListener("click", (event) => this.#onClick(event));
    this.scroller.addEventListener("copy", (event) => this.#onCopy(event));
    this.toolbar.search.addEventListener("keydown", ({ key }) => {
      if (key === "ArrowDown") this.#moveTo(0, this.selection.column);
    });
  }

  /** Change the view: drawn now, sent to Python once no other change follows. */
  #choose(change) {
    const stoodOn = this.#place();
    this.view = { ...this.view, ...(typeof change === "function" ? change(this.view) : change) };
    this.#apply(stoodOn);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.#show({ step: false }), TELL_AFTER);
  }

  /** Open the details of a cell, or close them; "back" undoes it. */
  #open(service, column) {
    if (service === this.view.service && column === this.view.column) return;
    if (this.telling !== undefined) this.#show({ step: false });
    this.view = { ...this.view, service, column };
    this.#layOut();
    this.#show({ step: true });
  }

  #show(how) {
    clearTimeout(this.telling);
    this.telling = undefined;
    showInUrl(this.view, how);
  }

  /** The browser went back or forward. */
  #follow() {
    const view = readView();
    if (!this.matrix || isSame(view, this.view)) return;
    clearTimeout(this.telling);
    this.telling = undefined;
    const stoodOn = this.#place();
    const isOther = view.service !== this.view.service || view.column !== this.view.column;
    this.view = view;
    this.#apply(stoodOn);
    if (isOther) this.#goToOpened();
  }

  /** The service and the column that the keyboard stands on, which outlive any change. */
  #place() {
    if (!this.matrix) return null;
    const { row, column } = this.selection;
    return {
      service: this.matrix.rows[this.found.rows[row]]?.service,
      column: this.matrix.columns[column]?.key,
    };
  }

  /** Choose rows anew, and stand where the keyboard stood if that is still shown. */
  #apply(stoodOn) {
    const { matrix, selection } = this;
    this.found = applyView(matrix, this.view);
    const { rows } = this.found;
    if (stoodOn?.service !== undefined) {
      const row = rows.indexOf(matrix.rowOf.get(stoodOn.service));
      const column = matrix.columnOf.get(stoodOn.column) ?? Math.min(selection.column, 0);
      if (row !== selection.row || column !== selection.column) {
        selection.moveTo(row < 0 ? Math.max(selection.row, 0) : row, column);
      }
    }
    selection.clamp(rows.length, matrix.width);
    this.toolbar.draw(matrix, this.view, this.found, this.options);
    this.scroller.hidden = !rows.length;
    this.empty.hidden = rows.length > 0;
    setText(this.noMatch, noMatchWords(matrix));
    this.#layOut();
  }

  #layOut() {
    if (!this.matrix) return;
    const hadFocus = this.scroller.contains(document.activeElement);
    this.layout = new Layout(this.matrix, this.scroller.clientWidth);
    // Where nothing can be scrolled sideways, nothing needs to be held in place.
    this.scroller.classList.toggle("rdg-fits", this.layout.total <= this.scroller.clientWidth);
    this.stamp++;
    this.#draw();
    if (hadFocus) this.#focus();
  }

  #drawSoon() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = undefined;
      this.#draw();
    });
  }

  #draw() {
    const { matrix, view, scroller } = this;
    const [row, column] = [matrix.rowOf.get(view.service), matrix.columnOf.get(view.column)];
    const scene = {
      matrix,
      view,
      rows: this.found.rows,
      layout: this.layout,
      heads: this.options.heads,
      selection: this.selection,
      opened: row === undefined || column === undefined ? -1 : matrix.cell(row, column),
      top: scroller.scrollTop,
      left: scroller.scrollLeft,
      height: scroller.clientHeight,
      width: scroller.clientWidth,
      now: this.#now(),
      stamp: this.stamp,
      marks: `${view.service}\n${view.column}\n${this.selection.fingerprint}`,
      headRows: matrix.columns.some(({ group }) => group) ? 2 : 1,
    };
    scroller.setAttribute("aria-rowcount", this.found.rows.length + scene.headRows);
    this.headRows = scene.headRows;
    this.head.draw(scene);
    this.body.draw(scene);
  }

  /** The moment that ages refer to, in seconds. */
  #now() {
    return this.options.as_of ?? Date.now() / 1000;
  }

  #resize(column, width) {
    this.layout.resize(column, width);
    this.#layOut();
  }

  /** Stand on a cell, bring it into sight and the focus onto it. */
  #moveTo(row, column, how) {
    this.selection.moveTo(row, column, how);
    this.#bringIntoSight();
    this.#draw();
    this.#focus();
  }

  #focus() {
    const { row, column } = this.selection;
    const node =
      row < 0 ? this.head.nodeOf(column) : this.body.nodeOf(this.found.rows[row], column);
    if (node !== document.activeElement) node?.focus({ preventScroll: true });
  }

  #bringIntoSight() {
    const { scroller, layout } = this;
    const { row, column } = this.selection;
    if (row >= 0) {
      const height = scroller.clientHeight - this.head.node.offsetHeight;
      const [top, bottom] = [row * ROW_HEIGHT, (row + 1) * ROW_HEIGHT];
      scroller.scrollTop = within(scroller.scrollTop, bottom - height, top);
    }
    if (column >= 0) {
      const [left, right] = [layout.lefts[column], layout.lefts[column + 1]];
      const nearest = right - scroller.clientWidth;
      scroller.scrollLeft = within(scroller.scrollLeft, nearest, left - layout.names);
    }
  }

  /** A link to a cell's details shows the cell. */
  #goToOpened() {
    const row = this.found.rows.indexOf(this.matrix.rowOf.get(this.view.service));
    const column = this.matrix.columnOf.get(this.view.column);
    if (row < 0 || column === undefined) return;
    this.selection.moveTo(row, column);
    this.#bringIntoSight();
    this.#draw();
  }

  #onKey(event) {
    const { selection, scroller } = this;
    const page = Math.max(Math.floor(scroller.clientHeight / ROW_HEIGHT) - 2, 1);
    const size = { rows: this.found.rows.length, columns: this.matrix.width, page };
    const sideways = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (event.altKey && sideways && selection.row < 0) {
      this.#resize(selection.column, this.layout.widthOf(selection.column) + sideways);
    } else if (event.altKey) {
      return; // the browser's own
    } else if (event.key === "Enter" || event.key === " ") {
      if (selection.row < 0) this.#orderBy(selection.column);
      else if (event.key === "Enter") this.#openSelected();
      else selection.collapse();
    } else if (event.key === "Escape") {
      if (selection.isRange) selection.collapse();
      else this.#open("", "");
    } else {
      const to = destination(event, selection, size);
      if (!to) return;
      this.#moveTo(...to, { extend: event.shiftKey });
    }
    event.preventDefault();
    this.#draw();
  }

  #onPress(event) {
    const at = this.#cellAt(event.target);
    if (!at || event.button !== 0) return;
    event.preventDefault(); // no text is selected while a range is
    this.pressed = true;
    window.addEventListener("pointerup", () => (this.pressed = false), { once: true });
    this.selection.moveTo(...at, { extend: event.shiftKey });
    this.#draw();
    this.#focus();
  }

  /** A cell says all it has when it is pointed at; while the button is down, the range follows. */
  #onPoint({ target }) {
    const at = this.#cellAt(target);
    if (!at || at[0] < 0) return;
    const [row, column] = at;
    if (column >= 0) {
      const cell = this.matrix.cell(this.found.rows[row], column);
      target.closest(".rdg-cell").title = cellHover(this.matrix, cell, this.#now());
    }
    if (!this.pressed) return;
    this.selection.moveTo(row, column, { extend: true });
    this.#draw();
  }

  #onClick({ target }) {
    const at = this.#cellAt(target);
    if (!at || this.selection.isRange) return;
    if (at[0] < 0) this.#orderBy(at[1]);
    else this.#openSelected();
  }

  #onCopy(event) {
    event.clipboardData.setData(
      "text/plain",
      rangeText(this.matrix, this.found.rows, this.selection.bounds),
    );
    event.preventDefault();
  }

  /** The row and the column of the cell or head that a node is in; null for what is neither. */
  #cellAt(target) {
    if (target.closest(".rdg-edge")) return null;
    const head = target.closest("[data-column]");
    if (head) return [-1, Number(head.dataset.column)];
    const cell = target.closest(".rdg-cell, .rdg-name");
    if (!cell) return null;
    const row = Number(cell.parentElement.getAttribute("aria-rowindex")) - this.headRows - 1;
    return [row, Number(cell.getAttribute("aria-colindex")) - 2];
  }

  #openSelected() {
    const { row, column } = this.selection;
    if (column < 0) return;
    this.#open(this.matrix.rows[this.found.rows[row]].service, this.matrix.columns[column].key);
  }

  /** Newest first, then oldest first, then as before; services backwards, then as before. */
  #orderBy(column) {
    const sort = column < 0 ? "service" : `version:${this.matrix.columns[column].key}`;
    const { sort: before, descending } = this.view;
    if (before !== sort) this.#choose({ sort, descending: true });
    else if (descending && column >= 0) this.#choose({ descending: false });
    else this.#choose({ sort: "", descending: false });
  }

  #print() {
    if (!this.matrix) return;
    this.printed?.remove();
    this.printed = printedTable(this.matrix, this.found.rows, this.options.heads, this.#now());
    this.node.append(this.printed);
  }
}

/** The colours of states; their names and colours are our own, never those of clusters. */
function coloursOf(states) {
  return states
    .map(({ name, colour, background }) => {
      const back = background ? `--back: ${background};` : "";
      return `.rdg-state-${name} { --state: ${colour}; ${back} }`;
    })
    .join("\n");
}

function within(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
