"""Small tables as HTML: with links, marks and exact times on hover; narrow screens stack them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from reldash.ui.widgets.markup import Markup, element

STYLE = Path(__file__).with_suffix(".css")  # draw it by `st.html` on pages with such tables


def render_table(
    label: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str | Markup | None]],
    *,
    class_: str = "",
) -> Markup:
    """A table for `st.html`.

    Args:
        label: what it is, for who cannot see it.
        heads: of its columns; each cell repeats its own where a screen has no room for columns.
        rows: a cell for each head; None or "" leaves it empty.
        class_: more of its classes.
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
