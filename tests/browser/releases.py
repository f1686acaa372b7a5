"""Releases to the demo fleet, and whether a page shows them."""

from datetime import UTC, datetime

from playwright.sync_api import Page

from reldash.demo import DemoFleet
from reldash.demo.controllers import advance
from reldash.demo.fleet_state import deploy_build
from tests.browser.screen import rows_of


def release(fleet: DemoFleet, service: str) -> str:
    """Bring a new build of a service to dev, and let it come to rest there; returns its tag."""
    with fleet.lock:
        now = datetime.now(UTC)
        line = fleet.state.lines[service]
        build = line.builds.following(now)
        line.made.append(build)
        for workload in line.stages[0]:
            deploy_build(line.service, workload, build, now)
            while not workload.settled:
                advance(workload, now)
            fleet.state.clusters[workload.cluster].put(workload)
    return build.tag


def shows(page: Page, version: str) -> bool:
    """Whether the page has this version of its first service in dev."""
    return any(row[1].startswith(f"{version} ") for row in rows_of(page)[:1])
