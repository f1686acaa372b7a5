/**
 * The data of matrices in this browser tab, put by the component that carries it and read by the
 * grid. Python sends the two apart, so that a run that changes only what is chosen sends no cell.
 */

import { Matrix } from "./matrix.js";
import { Turns } from "./turns.js";

const ID_LENGTH = 32;

/** Matrices by the element that brought them. */
const held = new Map();
const arrivals = new EventTarget();
const turns = new Turns();

/**
 * The component that carries the data: `data` is the content's id, then its JSON, as bytes.
 *
 * @returns {() => void} what Streamlit calls when the component goes.
 */
export function mount({ data, key, parentElement }) {
  const isNewest = turns.begin(parentElement);
  const id = new TextDecoder().decode(data.subarray(0, ID_LENGTH));
  if (held.get(key)?.id !== id) {
    const json = new TextDecoder().decode(data.subarray(ID_LENGTH));
    held.set(key, new Matrix(id, JSON.parse(json)));
    arrivals.dispatchEvent(new Event("arrival"));
  }
  return () => {
    if (isNewest()) held.delete(key);
  };
}

/** The matrix of an id, or undefined while it has not come. */
export function matrixOf(id) {
  return [...held.values()].find((matrix) => matrix.id === id);
}

/** Call back whenever a matrix has come, until the signal aborts. */
export function onArrival(callback, signal) {
  arrivals.addEventListener("arrival", callback, { signal });
}
