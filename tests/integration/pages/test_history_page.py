"""What changed, how versions came through the environments, and how fast: by service and time."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from reldash.domain.history.metric_definitions import DEFINITIONS
from reldash.domain.matrix.cell_text import iso
from reldash.services.context import Context
from reldash.services.past import dashboard_history
from reldash.services.view_cache import ViewCache
from tests.integration.pages.screens import html_of, open_page, query_of, rows_of_table

CHANGES = "Changes, newest first"
LEAD_TIMES = "Lead time by step"

pytestmark = pytest.mark.usefixtures("context")


def history(**query: str) -> AppTest:
    session = open_page("history", query.items())
    assert not session.exception
    assert not session.error
    return session


def changes(**query: str) -> list[list[str]]:
    return rows_of_table(html_of(history(**query)), CHANGES)


def test_a_hotfix_has_its_place_and_time() -> None:
    found = changes(service="card-vault", env="prod")
    assert len(found) == 2
    for when, change, service, version, where, links in found:
        assert when == "about 3 d ago"
        assert change.startswith("→ changed")  # in a freeze, if it was a weekend
        assert service == "card-vault"
        assert version == "2.6.0-hotfix.1 after 2.6.0"
        assert where.startswith("prod platform-prod-")
        assert links == "beforeafter"


def test_a_rollback_is_marked_as_one() -> None:
    found = changes(service="payment-gateway", period="90d", env="stg")
    assert [row[1] for row in found] == ["↩ rollback", "→ changed"]
    assert found[0][3] == "4.8.1 after 4.8.2"


def test_a_change_leads_to_the_matrix_just_before_and_just_after() -> None:
    html = html_of(history(service="card-vault", env="prod"))
    table = html.partition(f'aria-label="{CHANGES}"')[2]
    before, after = (
        part.partition('"')[0].replace("&amp;", "&").replace("%3A", ":")
        for part in table.split('href="platform?')[1:3]
    )
    moments = [text.partition("at=")[2].partition("&")[0] for text in (before, after)]
    assert all("text=card-vault&" in text for text in (before, after))
    assert all(text.endswith("&service=card-vault&column=prod") for text in (before, after))
    cells = [
        html_of(
            open_page("platform", [("at", at), ("service", "card-vault"), ("column", "prod")])
        ).partition("<article")[2]
        for at in moments
    ]
    assert "hotfix" not in cells[0].partition("</p>")[0]
    assert "2.6.0-hotfix.1" in cells[1].partition("</p>")[0]


def test_filters_narrow_what_is_shown() -> None:
    session = history(env="prod", cluster="platform-prod-eu", period="90d")
    found = rows_of_table(html_of(session), CHANGES)
    assert found
    assert all(row[4].startswith("prod platform-prod-eu /") for row in found)
    assert "Filters (2)" in [popover.proto.popover.label for popover in session.get("popover")]


def test_changes_are_filtered_by_customer() -> None:
    found = changes(dashboard="customer-solutions", customer="acme", period="90d")
    assert found
    assert all(" · acme " in row[4] for row in found)


def test_a_service_has_its_versions_over_time_as_a_chart_and_as_a_table() -> None:
    session = history(service="card-vault", period="90d")
    assert len(session.get("plotly_chart")) == 1
    html = html_of(session)
    assert "2 versions in 5 deployments." in html
    assert "Dotted: from before recording began" in html
    found = rows_of_table(html, "Versions of card-vault")
    assert {row[2] for row in found} == {"2.6.0", "2.6.0-hotfix.1", "unknown"}
    assert {row[0] for row in found} >= {"dev", "lit", "stg"}


def test_a_service_is_chosen_by_its_name() -> None:
    session = history()
    assert "ledger" in session.selectbox(key="reldash_url_service").options
    session.selectbox(key="reldash_url_service").set_value("ledger").run()
    assert query_of(session) == {"service": ["ledger"]}
    assert "Versions of ledger" in html_of(session)


def test_lead_times_stand_by_step_in_promotion_order() -> None:
    found = rows_of_table(html_of(history(view="promotions", period="90d")), LEAD_TIMES)
    assert [row[0] for row in found] == ["dev → lit", "lit → stg", "stg → prod"]
    for _, count, median, p90, _ in found:
        assert int(count.partition(" ")[0].rstrip("0123456789") or 0) == 0
        assert median.endswith((" d", " h", " min"))
        assert p90.endswith((" d", " h", " min"))


def test_rollouts_and_dwell_are_listed_by_environment() -> None:
    html = html_of(history(view="pace"))
    found = rows_of_table(html, "Rollouts by environment")
    assert [row[0] for row in found] == ["dev", "lit", "shared", "stg", "prod"]
    waiting = rows_of_table(html, "Dwell now, longest first")
    assert waiting[0][:3] == ["invoicing", "prod", "2.11.0"]
    assert waiting[0][3] == "2.14.1 in stg"


def test_every_figure_has_its_definition_and_source_beside_it() -> None:
    html = html_of(history(view="promotions")) + html_of(history(view="pace"))
    for definition in DEFINITIONS:
        assert f"<b>{definition.title}. </b>" in html
        assert not definition.address or f'href="{definition.address}"' in html


def test_the_file_has_the_filters_of_the_page() -> None:
    html = html_of(history(service="ledger", env="prod", period="2026-01-05..2026-02-01 17:00"))
    assert (
        'href="export/history.csv?dashboard=platform&amp;service=ledger&amp;env=prod'
        '&amp;since=2026-01-05T00%3A00%3A00Z&amp;until=2026-02-01T17%3A00%3A00Z"' in html
    )


def test_promotions_have_a_file_of_their_own() -> None:
    html = html_of(history(view="promotions", env="prod", period="90d"))
    links = [part.partition('"')[0] for part in html.split('href="')]
    files = [link for link in links if link.startswith("export/")]
    address = "export/history.csv?dashboard=platform&amp;env=prod&amp;since="
    assert all(file.startswith(address) for file in files)
    assert [file.rpartition("view=")[2] for file in files] == ["lead-times", "promotions"]


def test_promotions_say_that_clusters_do_not_narrow_them() -> None:
    words = "promotions are counted by environment"
    assert words not in html_of(history(view="promotions", period="90d"))
    html = html_of(history(view="promotions", period="90d", cluster="platform-prod-eu"))
    assert words in html


def test_long_tables_come_in_parts() -> None:
    session = history(period="90d")
    assert len(rows_of_table(html_of(session), CHANGES)) == 100
    session.button(key="reldash_more_button_changes").click().run()
    assert len(rows_of_table(html_of(session), CHANGES)) == 200


@pytest.mark.parametrize("period", ["soon", "2999-01-01", "2026-02-01..2026-01-01"])
def test_a_period_that_cannot_be_is_named_and_the_usual_one_shown(period: str) -> None:
    session = history(period=period)
    assert period in session.warning[0].value.replace("\\", "")
    assert "in the last 30 days" in html_of(session)


def test_a_dashboard_that_is_not_there_is_named() -> None:
    session = history(dashboard="nowhere")
    assert "nowhere" in session.warning[0].value
    assert rows_of_table(html_of(session), CHANGES)


def test_a_time_without_changes_says_so(context: Context) -> None:
    at = context.now() - timedelta(days=300)
    period = f"{iso(at)}..{iso(at + timedelta(days=1))}"
    assert "No changes seen in" in html_of(history(period=period))


def test_before_the_first_read_there_is_no_history(unread_context: Context) -> None:
    del unread_context
    assert "No history yet" in html_of(history())


def test_what_is_left_out_of_a_long_history_is_said(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "are counted" not in html_of(history())
    monkeypatch.setattr(context, "views", ViewCache())
    monkeypatch.setattr(dashboard_history, "MOST_RECORDS", 5)
    html = html_of(history())
    assert "only those since" in html
    assert "Choose a service to see all of its rollouts" in html
