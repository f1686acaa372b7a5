"""What a figure means, folded away beside it."""

from reldash.domain.history.metric_definitions import MetricDefinition
from reldash.ui.widgets.markup import Markup, element, joined


def render_definitions(*found: MetricDefinition) -> Markup:
    """How figures are counted, each with its source; the HTML never changes, so it stays open."""
    return element(
        "details",
        element("summary", "What this means"),
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
