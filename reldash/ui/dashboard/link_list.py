"""Links from a cell's details to other tools."""

from collections.abc import Sequence

from reldash.domain.links.place_links import Link
from reldash.ui.widgets.markup import Markup, element, joined


def render_links(links: Sequence[Link]) -> list[tuple[str, Markup]]:
    """A term and its links for each kind; a link without a URL is plain text."""
    terms: dict[str, list[Markup]] = {}
    for link in links:
        terms.setdefault(link.term, []).append(_render_link(link))
    return [
        (term, joined(*(joined(", " if i else "", one) for i, one in enumerate(found))))
        for term, found in terms.items()
    ]


def _render_link(link: Link) -> Markup:
    if link.url is None:
        return element("span", link.text)
    return element("a", link.text, href=link.url, target="_blank", rel="noopener noreferrer")
