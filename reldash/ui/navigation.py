"""The one registry of pages: navigation, links and headings all read it."""

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
        key: its name in `pages/`; "dashboard_KEY" for a dashboard without a file of its own.
        title: in the navigation and at its top.
        icon: a Material symbol, which Streamlit bundles as a font.
        dashboard: the key of the dashboard it shows; None for other pages.
        listed: whether the navigation shows it; one that is not still answers at its address.
        role: who may open it; None for everybody who is signed in.
        reads_clusters: whether it shows what was read, and so how old that is.
        has_past: whether it can show a moment of the past in the place of now.
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

# What stands under a user's own name.
ACCOUNT = PageInfo("account", "Account", ":material/person:", reads_clusters=False)
ADMIN = PageInfo(
    "admin", "Users", ":material/admin_panel_settings:", role=Role.ADMIN, reads_clusters=False
)
SIGN_OUT = PageInfo("sign_out", "Sign out", ":material/logout:", reads_clusters=False)
# The demo's alone, where it is open to everybody: codes for signing up arrive there.
INBOX = PageInfo("inbox", "Inbox", ":material/inbox:", reads_clusters=False)

# Dashboards whose pages are files of their own; the title stands in where the fleet has none.
OWN_PAGES = {
    "platform": ("platform", "Platform"),
    "customer-solutions": ("customer_solutions", "Customer Solutions"),
}


def list_pages(rules: FleetRules) -> list[PageInfo]:
    """All pages in the order of the navigation: the fleet's dashboards stand in its own order."""
    return [OVERVIEW, *_dashboards(rules), INVENTORY, COMPARE, HISTORY, IMAGES, CLUSTERS]


def list_own_pages(user: SessionUser) -> list[PageInfo]:
    """The pages about accounts that this user may open."""
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
