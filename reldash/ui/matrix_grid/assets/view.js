/**
 * What a person chose in the grid, as the URL's query holds it: the one truth that links, exports
 * and Python read (`domain/filters.py` names the keys).
 */

const OWN = ["text", "state", "flag", "differs", "critical", "sort", "dir", "service", "column"];

/** The view that the address bar holds. */
export function readView() {
  const query = new URLSearchParams(location.search);
  return {
    text: query.get("text") ?? "",
    states: query.getAll("state"),
    flags: query.getAll("flag"),
    differs: query.get("differs") === "true",
    critical: query.get("critical") === "true",
    sort: query.get("sort") ?? "",
    descending: query.get("dir") === "desc",
    service: query.get("service") ?? "",
    column: query.get("column") ?? "",
  };
}

/** The filter's query pairs, also sent to exports. */
export function filterPairs(view) {
  return [
    ...(view.text.trim() ? [["text", view.text]] : []),
    ...view.states.map((name) => ["state", name]),
    ...view.flags.map((name) => ["flag", name]),
    ...(view.differs ? [["differs", "true"]] : []),
    ...(view.critical ? [["critical", "true"]] : []),
    ...(view.sort ? [["sort", view.sort]] : []),
    ...(view.descending ? [["dir", "desc"]] : []),
  ];
}

/** Whether two views are the same. */
export function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Bring a view into the address bar and tell Python.
 *
 * Streamlit reads the address anew, and runs the page with it, when the browser steps through its
 * history; a change by script is sent in the same way. Nothing is sent beside the URL, so that
 * what Python knows and what a link holds cannot differ.
 *
 * @param {object} view as `readView` gives it.
 * @param {{step: boolean}} how whether "back" shall lead to what was there before.
 */
export function showInUrl(view, { step }) {
  const others = [...new URLSearchParams(location.search)].filter(([key]) => !OWN.includes(key));
  const opened = view.service ? [["service", view.service], ["column", view.column]] : [];
  const query = new URLSearchParams([...others, ...filterPairs(view), ...opened]).toString();
  if (query === new URLSearchParams(location.search).toString()) return;
  const address = location.pathname + (query && `?${query}`) + location.hash;
  if (step) history.pushState(history.state, "", address);
  else history.replaceState(history.state, "", address);
  window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}
