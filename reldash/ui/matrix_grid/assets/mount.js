/** What Streamlit calls for the grid, and calls again for newer data or another theme. */

import { element } from "./dom.js";
import { Grid } from "./grid.js";
import { Turns } from "./turns.js";

/** Grids by the element that Streamlit gave them. */
const grids = new WeakMap();
const turns = new Turns();
/** What waits for style sheets, by their addresses. */
const sheets = new Map();

/**
 * The component of the grid; `data` is what `matrix_grid/__init__.py` tells.
 *
 * @returns {Promise<() => void>} what Streamlit calls when the component goes.
 */
export async function mount({ data, parentElement }) {
  const isNewest = turns.begin(parentElement);
  await styled(new URL("grid.css", import.meta.url).href);
  if (isNewest()) {
    if (!grids.has(parentElement)) grids.set(parentElement, new Grid(parentElement));
    grids.get(parentElement).update(data);
  }
  return () => {
    if (!isNewest()) return;
    grids.get(parentElement)?.end();
    grids.delete(parentElement);
  };
}

/** The style sheet in the page, once it has come; one that does not come leaves the text. */
function styled(href) {
  if (!sheets.has(href)) {
    const link = element("link", { rel: "stylesheet", href });
    const over = new Promise((resolve) => {
      link.addEventListener("load", resolve);
      link.addEventListener("error", resolve);
    });
    document.head.append(link);
    sheets.set(href, over);
  }
  return sheets.get(href);
}
