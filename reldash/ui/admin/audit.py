"""The audit log: who did what to whom, when, from where."""

from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from reldash.domain.tables.audit import audit_frame
from reldash.ui import gate
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.markup import element
from reldash.ui.widgets.page_urls import export_url
from reldash.ui.widgets.time_columns import add_exact_times, exact_name

MOST = 500
MOST_ROWS_SHOWN = 22
ROW_HEIGHT = 31
ANY = "any"


def render_audit() -> None:
    """Draw the log with its filters, which are in the URL, and a CSV link."""
    accounts = gate.accounts()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            "Search",
            key="log",
            bind="query-params",
            live=True,
            type="search",
            placeholder="Who, whom, or from where",
            width=280,
        )
        action = st.selectbox(
            "What", [ANY, *accounts.list_actions()], key="action", bind="query-params", width=200
        )
        since = st.date_input("Since", None, key="since", bind="query-params", width=150)
        until = st.date_input("Until", None, key="until", bind="query-params", width=150)
    query = {
        "text": text or "",
        "action": "" if action == ANY else action,
        "since": _text(since),
        "until": _text(until),
    }
    entries = accounts.load_audit(
        text=query["text"],
        action=query["action"],
        since=_day(since),
        until=_day(until, timedelta(days=1)),
        limit=MOST,
    )
    st.html(
        element(
            "p",
            element(
                "span",
                f"newest {MOST} entries"
                if len(entries) == MOST
                else "1 entry"
                if len(entries) == 1
                else f"{len(entries)} entries",
            ),
            element("a", "CSV", href=export_url("audit", "csv", query.items()), download=""),
            class_="rd-caption",
        )
    )
    if not entries:
        render_empty_state("No match", "Clear a filter, or choose a longer period.")
        return
    frame, columns = add_exact_times(audit_frame(entries), ["at"])
    st.dataframe(
        frame,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(entries), MOST_ROWS_SHOWN) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_order=["at", exact_name("at"), *(str(n) for n in frame if n not in columns)],
        column_config=columns,
        alt="Audit log",
    )


def _day(day: object, more: timedelta = timedelta(0)) -> datetime | None:
    """Midnight UTC of a day, plus `more`; None where no day is chosen."""
    return datetime.combine(day, time(), UTC) + more if isinstance(day, date) else None


def _text(day: object) -> str:
    return day.isoformat() if isinstance(day, date) else ""
