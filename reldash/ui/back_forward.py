"""Back and forward between pages: the whole address of a page counts again."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def restore_query() -> None:
    """Take up the query of a page that the browser stepped back or forward to.

    Streamlit leaves out whatever key a widget of the page before was bound to: it takes these for
    left over from there. But several pages of ours filter by the same keys, and after a step of
    the history the address is the new page's own. Called before any widget of it is made.

    Where nothing was left out, as on a page that stays, nothing is told to the browser: its
    address may have gone on since, and would be set back.
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
        st.query_params.update(())  # tells the browser, which has been told of the shorter one
