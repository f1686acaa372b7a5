"""Forms for signing in, signing up and choosing a password, one form at a time.

Messages come from the accounts, and are the same whether an address is known or not.
"""

from collections.abc import Callable

import streamlit as st

from reldash.auth import Outcome
from reldash.services.context import get_context
from reldash.ui import gate
from reldash.ui.page import has_inbox
from reldash.ui.sign_in import cookie_handover, openid, password_form
from reldash.ui.sign_in.mail_delivery import render_delivery
from reldash.ui.sign_in.sign_in_flow import SignInFlow, SignInStep, get_flow
from reldash.ui.widgets import form_fields
from reldash.ui.widgets.markup import element

BACK = ("Back to sign-in", SignInStep.SIGN_IN)


def render() -> None:
    """Draw the visitor's current step."""
    flow = get_flow()
    if flow.step is SignInStep.SIGN_IN:
        flow.attempt(openid.exchange, SignInStep.SIGN_IN)
    if flow.step is SignInStep.EXCHANGE:
        cookie_handover.render_sign_in_exchange(flow.ticket)
        _render_links(flow, BACK)
        return
    # Each in its own container: when the message disappears, the form must not move up, or its old
    # position would show the previous step until the end of the run.
    with st.container():
        flow.render_message()
    with st.container():
        _STEPS[flow.step](flow)


def _render_sign_in(flow: SignInFlow) -> None:
    settings = get_context().settings
    if openid.is_configured():
        openid.render_button()
        cookie_handover.render_address_memory()
    if settings.password_sign_in:
        outcome = password_form.render_form(gate.accounts(), gate.client_address())
        if outcome is not None:
            flow.apply(outcome, SignInStep.VERIFY)
            st.rerun()
        _render_links(
            flow,
            ("Create an account", SignInStep.SIGN_UP),
            ("Sign in with an email code", SignInStep.REQUEST_CODE),
            ("Forgot your password, or invited?", SignInStep.REQUEST_RESET),
        )
    offered = settings.offered_account
    if offered is None:
        return
    with st.container(key="reldash_offered", border=True, gap="small"):
        st.html(element("p", "Demo account: ", element("b", offered.email)))
        if st.button("Sign in to the demo", width="stretch", key="reldash_offered_button"):
            _attempt(
                flow,
                lambda: gate.accounts().sign_in(
                    offered.email, offered.password, gate.client_address()
                ),
            )


def _render_sign_up(flow: SignInFlow) -> None:
    with st.form("reldash_sign_up"):
        st.subheader("Create an account", anchor=False)
        name = form_fields.name()
        email = form_fields.email()
        password = form_fields.new_password("Password")
        if form_fields.submit("Create account"):
            flow.email = email
            _attempt(
                flow,
                lambda: gate.accounts().sign_up(email, name, password, gate.client_address()),
                SignInStep.VERIFY,
            )
    _render_links(flow, BACK)


def _render_verify(flow: SignInFlow) -> None:
    with st.form("reldash_verify"):
        st.subheader("Verify your address", anchor=False)
        code = form_fields.code()
        if form_fields.submit("Verify"):
            _attempt(
                flow,
                lambda: gate.accounts().verify(flow.sign_up, code, gate.client_address()),
            )
    _render_mail(flow, _resend)
    _render_links(flow, BACK)


def _render_code_request(flow: SignInFlow) -> None:
    with st.form("reldash_code_request"):
        st.subheader("Sign in with an email code", anchor=False)
        email = form_fields.email()
        if form_fields.submit("Send code"):
            flow.email = email
            _attempt(flow, lambda: _request_code(flow), SignInStep.ENTER_CODE)
    _render_links(flow, BACK)


def _render_code_entry(flow: SignInFlow) -> None:
    with st.form("reldash_code_entry"):
        st.subheader("Sign in with an email code", anchor=False)
        code = form_fields.code()
        if form_fields.submit("Sign in"):
            _attempt(
                flow,
                lambda: gate.accounts().sign_in_with_code(flow.email, code, gate.client_address()),
            )
    _render_mail(flow, _request_code)
    _render_links(flow, BACK)


def _render_reset_request(flow: SignInFlow) -> None:
    with st.form("reldash_reset_request"):
        st.subheader("Choose a password", anchor=False)
        email = form_fields.email()
        if form_fields.submit("Send code"):
            flow.email = email
            _attempt(flow, lambda: _request_reset(flow), SignInStep.RESET)
    _render_links(flow, BACK)


def _render_reset(flow: SignInFlow) -> None:
    with st.form("reldash_reset"):
        st.subheader("Choose a password", anchor=False)
        code = form_fields.code()
        password = form_fields.new_password("New password")
        if form_fields.submit("Set password"):
            _attempt(
                flow,
                lambda: gate.accounts().reset(flow.email, code, password, gate.client_address()),
            )
    _render_mail(flow, _request_reset)
    _render_links(flow, BACK)


_STEPS: dict[SignInStep, Callable[[SignInFlow], None]] = {
    SignInStep.SIGN_IN: _render_sign_in,
    SignInStep.SIGN_UP: _render_sign_up,
    SignInStep.VERIFY: _render_verify,
    SignInStep.REQUEST_CODE: _render_code_request,
    SignInStep.ENTER_CODE: _render_code_entry,
    SignInStep.REQUEST_RESET: _render_reset_request,
    SignInStep.RESET: _render_reset,
}


def _resend(flow: SignInFlow) -> Outcome:
    return gate.accounts().resend(flow.sign_up, gate.client_address())


def _request_code(flow: SignInFlow) -> Outcome:
    return gate.accounts().request_sign_in_code(flow.email, gate.client_address())


def _request_reset(flow: SignInFlow) -> Outcome:
    return gate.accounts().request_reset(flow.email, gate.client_address())


def _attempt(
    flow: SignInFlow, action: Callable[[], Outcome], code_step: SignInStep = SignInStep.VERIFY
) -> None:
    """Run an action and draw the step that it leads to."""
    flow.attempt(action, code_step)
    st.rerun()


def _render_mail(flow: SignInFlow, resend: Callable[[SignInFlow], Outcome]) -> None:
    """Draw delivery status and a resend button, below a form that waits for a code."""
    if has_inbox():
        st.markdown("This is a demo: emails go to its [inbox](inbox).")
    render_delivery(flow.ready_at, lambda: flow.attempt(lambda: resend(flow), flow.step))


def _render_links(flow: SignInFlow, *links: tuple[str, SignInStep]) -> None:
    """Draw buttons to other steps."""
    with st.container(key="reldash_links", gap=None, horizontal_alignment="center"):
        for label, step in links:
            st.button(
                label,
                key=f"reldash_to_{step}",
                type="tertiary",
                on_click=flow.go,
                args=(step,),
            )
