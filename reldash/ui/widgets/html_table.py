"""Small HTML tables with links, badges and exact times on hover; stacked on narrow screens."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from reldash.ui.widgets.markup import Markup, element

STYLE = Path(__file__).with_suffix(".css")  # draw it with `st.html` on pages with such tables


def render_table(
    label: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str | Markup | None]],
    *,
    class_: str = "",
) -> Markup:
    """A table for `st.html`.

    Args:
        label: accessible name.
        heads: column headings; narrow screens repeat them in each cell.
        rows: a cell for each heading; None or "" leaves it empty.
        class_: additional CSS classes.
    """
    return element(
        "table",
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element(
            "tbody",
            *(
                element(
                    "tr",
                    *(
                        element("td", cell or "", data_label=head)
                        for head, cell in zip(heads, row, strict=True)
                    ),
                )
                for row in rows
            ),
        ),
        class_=f"rd-table {class_}".strip(),
        aria_label=label,
    )
