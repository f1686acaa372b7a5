"""An administrator lets an account be bound anew to the organisation's provider of sign-in."""

import uuid
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from reldash.domain.accounts import Role
from reldash.services.context import Context
from reldash.ui import gate
from tests.integration.pages.conftest import open_context
from tests.integration.sessions import ADMIN, HERE, new_session

ISSUER = "https://sign-in.example.com"
PROVIDER = {
    "RELDASH_OIDC_ISSUER": ISSUER,
    "RELDASH_OIDC_CLIENT_ID": "reldash",
    "RELDASH_OIDC_CLIENT_SECRET": "a secret of tests",
    "RELDASH_BASE_URL": "https://releases.example.com",
}
BUTTON = "reldash_unbind"


@pytest.fixture
def context(
    collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Context]:
    """A fleet seen by an administrator, with a provider unless the parameter is False."""
    if getattr(request, "param", True):
        for name, value in PROVIDER.items():
            monkeypatch.setenv(name, value)
    for opened in open_context(monkeypatch, *collected):
        token = new_session(collected[0], ADMIN, Role.ADMIN)
        monkeypatch.setattr(gate, "read_token", lambda found=token: found)
        monkeypatch.setattr(gate, "client_address", lambda: HERE)
        yield opened


@pytest.fixture
def ann() -> str:
    """An address that no other test has used."""
    return f"ann.{uuid.uuid4().hex}@example.com"


def choose(email: str) -> AppTest:
    """What the admin page offers once the row of this user is clicked."""

    def script(email: str) -> None:
        from reldash.ui import gate, page
        from reldash.ui.admin.user_actions import render_actions
        from reldash.ui.widgets import flash_messages

        started = page.start("admin")
        flash_messages.render("users")
        user = gate.accounts().find_user(email)
        assert user is not None
        render_actions(started, user, 0)

    return AppTest.from_function(script, default_timeout=30, args=(email,)).run()


def sign_in(email: str, subject: str) -> str:
    """The id of the account that the provider's name for somebody leads to."""
    accounts = gate.accounts()
    outcome = accounts.sign_in_with_email(ISSUER, subject, email, True, None, address=HERE)
    token = accounts.open_session(outcome.ticket, "a test", HERE)
    found = accounts.check_session(token or "")
    assert found is not None
    return found.user_id


@pytest.mark.usefixtures("context")
def test_an_unbound_account_takes_the_provider_s_new_name_for_its_owner(ann: str) -> None:
    user_id = sign_in(ann, f"old {ann}")
    session = choose(ann)
    session.button(key=BUTTON).click().run()
    assert not session.exception
    assert "will be bound again" in session.success[0].value
    assert sign_in(ann, f"new {ann}") == user_id


@pytest.mark.usefixtures("context")
def test_unbinding_stands_in_the_audit_log(ann: str) -> None:
    sign_in(ann, ann)
    choose(ann).button(key=BUTTON).click().run()
    found = gate.accounts().load_audit(text=ann, action="unbound OpenID Connect")
    assert [(entry.actor, entry.target) for entry in found] == [(ADMIN, ann)]


@pytest.mark.parametrize("context", [False], indirect=True)
def test_without_a_provider_there_is_nothing_to_unbind(context: Context, ann: str) -> None:
    assert context.settings.oidc_issuer is None
    sign_in(ann, ann)
    keys = [button.key for button in choose(ann).button]
    assert "reldash_disable" in keys
    assert BUTTON not in keys
