"""Faults of a page's layout, found by scripts that run in it."""

# What reaches beyond the right edge of the window and is in no box of its own that scrolls.
STICKING_OUT = """
() => {
  const scrolls = (e) => e.classList.contains("stMain") ? false
    : getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement);
  return [...document.querySelectorAll(".stMain *")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
    .filter((e) => !scrolls(e.parentElement))
    .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`);
}
"""

# Pairs of controls that share more than a line; what Streamlit puts into its own fields is meant,
# and so is that details lie over the page where there is no room beside it.
OVERLAPPING = """
() => {
  const kinds = ["a", "button", "input", "summary", "textarea"];
  const controls = [...document.querySelector(".stMain").querySelectorAll(kinds.join())]
    .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((e) => !e.closest(".rdg-scroll, .rdg-printed, [data-testid=stDataFrame]"))
    .filter((e) => !e.matches("input[type=date][tabindex='-1']"))  // unseen, below a range of days
    .map((e) => [e, e.getBoundingClientRect(), e.closest("[data-testid=stElementContainer]")]);
  const layer = (e) => {
    const column = e.closest("[data-testid=stColumn]");
    return column && getComputedStyle(column).position === "fixed" ? column : null;
  };
  const meet = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  return controls.flatMap(([one, box, field], at) =>
    controls.slice(at + 1)
      .filter(([other, otherBox, otherField]) => meet(box, otherBox) && !one.contains(other) &&
        layer(one) === layer(other) && (field !== otherField || field?.querySelector(".stHtml")))
      .map(([other]) => `${one.outerHTML.slice(0, 80)} on ${other.outerHTML.slice(0, 80)}`));
}
"""

# The right edges of everything but what scrolls, is cut off by its own box, or is unseen around a
# chart.
RIGHT_EDGES = """
[...document.querySelectorAll('.stMain *')]
  .filter(e => !e.closest('[data-testid=stDataFrame], .rdg-scroll, .rdg-chips, .draglayer'))
  .map(e => e.getBoundingClientRect().right)
"""
