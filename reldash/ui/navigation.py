"""Registry of pages, for navigation, links and headings."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reldash.domain.accounts import Role, SessionUser
from reldash.domain.fleet.rules import FleetRules

PAGES_FOLDER = Path(__file__).resolve().parents[2] / "pages"

DASHBOARD_ICON = ":material/grid_on:"


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page.

    Attributes:
        key: its name in `pages/`; "dashboard_KEY" for a dashboard without its own file.
        title: shown in the navigation and as the heading.
        icon: a Material symbol, which Streamlit bundles as a font.
        dashboard: the key of the dashboard it shows; None for other pages.
        listed: whether the navigation shows it; an unlisted page still has its address.
        role: the role that it needs; None for every signed-in user.
        reads_clusters: whether it shows cluster data, and so the age of that data.
        has_past: whether it can show a past moment instead of now.
    """

    key: str
    title: str
    icon: str
    dashboard: str | None = None
    listed: bool = True
    role: Role | None = None
    reads_clusters: bool = True
    has_past: bool = False

    def is_for(self, user: SessionUser) -> bool:
        """Whether this user may open it."""
        return self.role in {None, user.role}

    @property
    def path(self) -> Path | None:
        """Its file; None for dashboards beyond the two of the layout."""
        path = PAGES_FOLDER / f"{self.key}.py"
        return path if path.exists() else None


OVERVIEW = PageInfo("overview", "Overview", ":material/home:")
INVENTORY = PageInfo("inventory", "Inventory", ":material/list_alt:", has_past=True)
COMPARE = PageInfo("compare", "Compare", ":material/compare_arrows:")
HISTORY = PageInfo("history", "History", ":material/history:")
IMAGES = PageInfo("images", "Images", ":material/deployed_code:")
CLUSTERS = PageInfo("clusters", "Clusters", ":material/dns:")

# In the menu under the user's name.
ACCOUNT = PageInfo("account", "Account", ":material/person:", reads_clusters=False)
ADMIN = PageInfo(
    "admin", "Users", ":material/admin_panel_settings:", role=Role.ADMIN, reads_clusters=False
)
SIGN_OUT = PageInfo("sign_out", "Sign out", ":material/logout:", reads_clusters=False)
# Only in the demo, without sign-in: codes for signing up arrive there.
INBOX = PageInfo("inbox", "Inbox", ":material/inbox:", reads_clusters=False)

# Dashboards with a page file of their own; the title is used where the fleet has no such dashboard.
OWN_PAGES = {
    "platform": ("platform", "Platform"),
    "customer-solutions": ("customer_solutions", "Customer Solutions"),
}


def list_pages(rules: FleetRules) -> list[PageInfo]:
    """All pages in the order of the navigation; dashboards in the order of the fleet file."""
    return [OVERVIEW, *_dashboards(rules), INVENTORY, COMPARE, HISTORY, IMAGES, CLUSTERS]


def list_own_pages(user: SessionUser) -> list[PageInfo]:
    """The account pages that this user may open."""
    return [page for page in (ACCOUNT, ADMIN, SIGN_OUT) if page.is_for(user)]


def dashboard_page(rules: FleetRules, dashboard: str) -> PageInfo:
    """The page of a dashboard of the fleet; StopIteration if there is none."""
    return next(page for page in _dashboards(rules) if page.dashboard == dashboard)


def _dashboards(rules: FleetRules) -> Iterable[PageInfo]:
    for key, board in rules.dashboards.items():
        name = OWN_PAGES[key][0] if key in OWN_PAGES else f"dashboard_{key}"
        yield PageInfo(name, board.title, DASHBOARD_ICON, dashboard=key, has_past=True)
    for key, (name, title) in OWN_PAGES.items():
        if key not in rules.dashboards:
            yield PageInfo(name, title, DASHBOARD_ICON, dashboard=key, listed=False)
