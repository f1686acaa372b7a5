"""Back and forward between pages in the browser: the page's whole query applies again."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def restore_query() -> None:
    """Restore the query of a page that the browser went back or forward to.

    Streamlit drops every key that a widget of the previous page was bound to, as left over from
    there. But several of our pages filter by the same keys, and after a history step the address
    is the new page's own. Call it before the page makes any widget.

    Where nothing was dropped, as within one page, the browser is not updated: its address may
    have moved on since, and would be set back.
    """
    context = get_script_run_ctx()
    if context is None or not context.is_history_navigation:
        return
    with context.session_state.query_params() as query:
        shortened = str(query)
        query.populate_from_query_string(context.query_string)
        query.set_initial_query_params(context.query_string)
        is_longer = str(query) != shortened
    if is_longer:
        st.query_params.update(())  # sends the browser the full query; it has the shortened one
