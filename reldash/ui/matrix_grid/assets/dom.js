/** Elements made without HTML: texts from clusters are only ever set as text. */

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes those that are null are left out.
 * @param {...(Node|string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Set a node's text if it is another one: writing costs a layout, reading does not. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
