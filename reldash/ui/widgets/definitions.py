"""Definitions of figures, collapsed beside them."""

from reldash.domain.history.metric_definitions import MetricDefinition
from reldash.ui.widgets.markup import Markup, element, joined


def render_definitions(*found: MetricDefinition) -> Markup:
    """How figures are computed, with sources; the HTML is constant and stays open."""
    return element(
        "details",
        element("summary", "Definitions"),
        *(
            element(
                "p",
                element("b", f"{one.title}. "),
                one.text,
                joined(
                    " See ",
                    element(
                        "a",
                        one.source,
                        href=one.address,
                        target="_blank",
                        rel="noopener noreferrer",
                    ),
                    ".",
                )
                if one.address
                else None,
            )
            for one in found
        ),
        class_="rd-definition",
    )
