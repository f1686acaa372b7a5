"""The steps of signing in, signing up and choosing a password, one card at a time.

What is said is what the accounts say: the same whether an address is known or not.
"""

from collections.abc import Callable

import streamlit as st

from reldash.auth import Outcome
from reldash.services.context import get_context
from reldash.ui import gate
from reldash.ui.page import has_inbox
from reldash.ui.sign_in import cookie_handover, form, openid
from reldash.ui.sign_in.mail_delivery import render_delivery
from reldash.ui.sign_in.sign_in_flow import SignInStep, SignInFlow, get_flow
from reldash.ui.widgets import form_fields
from reldash.ui.widgets.markup import element

BACK = ("Back to sign-in", SignInStep.SIGN_IN)


def render() -> None:
    """Draw the card that the visitor has come to."""
    progress = get_flow()
    if progress.card is SignInStep.SIGN_IN:
        progress.attempt(openid.exchange, SignInStep.SIGN_IN)
    if progress.card is SignInStep.TAKING:
        cookie_handover.render_sign_in_exchange(progress.ticket)
        _render_links(progress, BACK)
        return
    # Each in a place of its own: where what was said last goes, the card must not move up, or its
    # old place would show the last card until the run has ended.
    with st.container():
        progress.render_message()
    with st.container():
        _CARDS[progress.card](progress)


def _render_sign_in(progress: SignInFlow) -> None:
    settings = get_context().settings
    if openid.is_configured():
        openid.render_button()
        cookie_handover.render_address_memory()
    if settings.password_sign_in:
        outcome = form.render_form(gate.accounts(), gate.client_address())
        if outcome is not None:
            progress.take(outcome, SignInStep.VERIFY)
            st.rerun()
        _render_links(
            progress,
            ("Create an account", SignInStep.SIGN_UP),
            ("Sign in with a code by mail", SignInStep.ASK_CODE),
            ("Forgot the password, or invited?", SignInStep.ASK_RESET),
        )
    offered = settings.offered_account
    if offered is None:
        return
    with st.container(key="reldash_offered", border=True, gap="small"):
        st.html(
            element("p", "This is a demo, with an account for you: ", element("b", offered.email))
        )
        if st.button("Sign in to the demo", width="stretch", key="reldash_offered_button"):
            _attempt(
                progress,
                lambda: gate.accounts().sign_in(
                    offered.email, offered.password, gate.client_address()
                ),
            )


def _render_sign_up(progress: SignInFlow) -> None:
    with st.form("reldash_sign_up"):
        st.subheader("Create an account", anchor=False)
        name = form_fields.name()
        email = form_fields.email()
        password = form_fields.new_password("Password")
        if form_fields.submit("Create account"):
            progress.email = email
            _attempt(
                progress,
                lambda: gate.accounts().sign_up(email, name, password, gate.client_address()),
                SignInStep.VERIFY,
            )
    _render_links(progress, BACK)


def _render_verify(progress: SignInFlow) -> None:
    with st.form("reldash_verify"):
        st.subheader("Prove your address", anchor=False)
        code = form_fields.code()
        if form_fields.submit("Go on"):
            _attempt(
                progress,
                lambda: gate.accounts().verify(progress.sign_up, code, gate.client_address()),
            )
    _render_mail(progress, _resend)
    _render_links(progress, BACK)


def _render_ask_code(progress: SignInFlow) -> None:
    with st.form("reldash_ask_code"):
        st.subheader("Sign in with a code by mail", anchor=False)
        email = form_fields.email()
        if form_fields.submit("Send the code"):
            progress.email = email
            _attempt(progress, lambda: _request_code(progress), SignInStep.TYPE_CODE)
    _render_links(progress, BACK)


def _render_type_code(progress: SignInFlow) -> None:
    with st.form("reldash_type_code"):
        st.subheader("Sign in with a code by mail", anchor=False)
        code = form_fields.code()
        if form_fields.submit("Sign in"):
            _attempt(
                progress,
                lambda: gate.accounts().sign_in_with_code(
                    progress.email, code, gate.client_address()
                ),
            )
    _render_mail(progress, _request_code)
    _render_links(progress, BACK)


def _render_ask_reset(progress: SignInFlow) -> None:
    with st.form("reldash_ask_reset"):
        st.subheader("Choose a password", anchor=False)
        email = form_fields.email()
        if form_fields.submit("Send the code"):
            progress.email = email
            _attempt(progress, lambda: _request_reset(progress), SignInStep.RESET)
    _render_links(progress, BACK)


def _render_reset(progress: SignInFlow) -> None:
    with st.form("reldash_reset"):
        st.subheader("Choose a password", anchor=False)
        code = form_fields.code()
        password = form_fields.new_password("New password")
        if form_fields.submit("Set the password"):
            _attempt(
                progress,
                lambda: gate.accounts().reset(
                    progress.email, code, password, gate.client_address()
                ),
            )
    _render_mail(progress, _request_reset)
    _render_links(progress, BACK)


_CARDS: dict[SignInStep, Callable[[SignInFlow], None]] = {
    SignInStep.SIGN_IN: _render_sign_in,
    SignInStep.SIGN_UP: _render_sign_up,
    SignInStep.VERIFY: _render_verify,
    SignInStep.ASK_CODE: _render_ask_code,
    SignInStep.TYPE_CODE: _render_type_code,
    SignInStep.ASK_RESET: _render_ask_reset,
    SignInStep.RESET: _render_reset,
}


def _resend(progress: SignInFlow) -> Outcome:
    return gate.accounts().resend(progress.sign_up, gate.client_address())


def _request_code(progress: SignInFlow) -> Outcome:
    return gate.accounts().request_sign_in_code(progress.email, gate.client_address())


def _request_reset(progress: SignInFlow) -> Outcome:
    return gate.accounts().request_reset(progress.email, gate.client_address())


def _attempt(
    progress: SignInFlow, action: Callable[[], Outcome], code_card: SignInStep = SignInStep.VERIFY
) -> None:
    """Do it, and draw the card that it leads to."""
    progress.attempt(action, code_card)
    st.rerun()


def _render_mail(progress: SignInFlow, ask: Callable[[SignInFlow], Outcome]) -> None:
    """Below a card that waits for a code: how its mail is doing, and a way to another one."""
    if has_inbox():
        st.markdown("This is a demo: mails go to its [inbox](inbox).")
    render_delivery(
        progress.ready_at, lambda: progress.attempt(lambda: ask(progress), progress.card)
    )


def _render_links(progress: SignInFlow, *links: tuple[str, SignInStep]) -> None:
    """Ways to other cards."""
    with st.container(key="reldash_links", gap=None, horizontal_alignment="center"):
        for label, card in links:
            st.button(
                label,
                key=f"reldash_to_{card}",
                type="tertiary",
                on_click=progress.go,
                args=(card,),
            )
