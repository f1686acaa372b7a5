"""Sign-in by OpenID Connect: verified addresses, bound subjects, roles."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from reldash.auth import AccountError, AccountRules, Accounts
from reldash.domain.accounts import COMMAND_LINE, Role, SessionUser
from reldash.store import Store
from tests.integration.auth.account_helpers import (
    ADA,
    ANN,
    BOB,
    HERE,
    PASSWORD,
    add_user,
    open_session,
    session_user,
)

ISSUER = "https://id.example.com"


def sign_in(
    accounts: Accounts,
    subject: str = "ann",
    email: str = ANN,
    *,
    issuer: str = ISSUER,
    verified: bool = True,
    roles: Collection[str] | None = None,
) -> SessionUser:
    outcome = accounts.sign_in_with_email(
        issuer, subject, email, verified, roles, name="Ann", address=HERE
    )
    return session_user(accounts, open_session(accounts, outcome))


def test_a_verified_address_becomes_an_account_without_a_password(accounts: Accounts) -> None:
    ann = sign_in(accounts)
    assert (ann.email, ann.name, ann.role) == (ANN, "Ann", Role.VIEWER)
    assert not accounts.sign_in(ANN, "", HERE).ok
    assert not accounts.load_own(ann).has_password
    assert sign_in(accounts).user_id == ann.user_id


def test_a_verified_address_signs_in_to_its_existing_account(accounts: Accounts) -> None:
    user = add_user(accounts)
    assert sign_in(accounts, email="ANN@example.com").user_id == user.id
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_an_unverified_address_is_refused(accounts: Accounts) -> None:
    add_user(accounts)
    with pytest.raises(AccountError, match="Address not verified"):
        sign_in(accounts, verified=False)


@pytest.mark.parametrize("text", ["", "\x00", "a\nb", "\ud800", "x" * 1_000_000])
def test_an_unusable_issuer_or_subject_is_refused(accounts: Accounts, text: str) -> None:
    with pytest.raises(AccountError, match="Sign-in failed"):
        sign_in(accounts, subject=text)
    with pytest.raises(AccountError, match="Sign-in failed"):
        sign_in(accounts, issuer=text)
    assert accounts.list_users() == []


def test_the_subject_identifies_the_account_later(accounts: Accounts) -> None:
    ann = sign_in(accounts)
    assert sign_in(accounts, email="ann.married@example.com").user_id == ann.user_id


def test_a_reassigned_address_does_not_open_the_account(
    accounts: Accounts,
) -> None:
    ann = sign_in(accounts)
    with pytest.raises(AccountError, match="Account bound to another identity"):
        sign_in(accounts, subject="another ann")
    accounts.forget_identity(COMMAND_LINE, ann.user_id)
    assert sign_in(accounts, subject="another ann").user_id == ann.user_id


def test_another_provider_may_vouch_for_the_same_account(accounts: Accounts) -> None:
    ann = sign_in(accounts)
    assert sign_in(accounts, "7", issuer="https://other.example.com").user_id == ann.user_id


def test_a_disabled_account_stays_closed(accounts: Accounts) -> None:
    ann = sign_in(accounts)
    accounts.disable(COMMAND_LINE, ann.user_id)
    with pytest.raises(AccountError, match="Account disabled"):
        sign_in(accounts)


def test_an_invitation_is_accepted_by_openid_connect(accounts: Accounts) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.ADMIN)
    assert sign_in(accounts).is_admin


def test_the_allowed_domains_apply_to_new_accounts(store: Store, rules: AccountRules) -> None:
    accounts = Accounts(store, replace(rules, sign_up_domains={"example.com"}))
    accounts.invite(COMMAND_LINE, "guest@example.org", Role.VIEWER)
    assert sign_in(accounts, "guest", "guest@example.org").email == "guest@example.org"
    with pytest.raises(AccountError, match="Email domain not allowed"):
        sign_in(accounts, "eve", "eve@example.org")
    assert sign_in(accounts).email == ANN


def test_it_works_where_passwords_are_switched_off(store: Store, rules: AccountRules) -> None:
    assert sign_in(Accounts(store, replace(rules, password_sign_in=False))).email == ANN


def test_provider_roles_are_ignored_unless_configured(accounts: Accounts) -> None:
    add_user(accounts, BOB, Role.ADMIN)
    assert not sign_in(accounts, roles=["admin"]).is_admin
    assert sign_in(accounts, "bob", BOB, roles=[]).is_admin


class TestRoles:
    """`RELDASH_OIDC_ADMIN_ROLES`."""

    @pytest.fixture
    def rules(self, rules: AccountRules) -> AccountRules:
        return replace(rules, admin_roles={"release-managers"})

    def test_roles_follow_the_provider_at_each_sign_in(self, accounts: Accounts) -> None:
        add_user(accounts, ADA, Role.ADMIN)
        assert not sign_in(accounts, roles=["developers"]).is_admin
        assert sign_in(accounts, roles=["developers", "release-managers"]).is_admin
        assert not sign_in(accounts, roles=[]).is_admin

    def test_a_provider_that_says_nothing_changes_nothing(self, accounts: Accounts) -> None:
        add_user(accounts, ANN, Role.ADMIN)
        assert sign_in(accounts, roles=None).is_admin

    def test_the_last_administrator_stays_one(self, accounts: Accounts) -> None:
        assert sign_in(accounts, roles=["release-managers"]).is_admin
        assert sign_in(accounts, roles=[]).is_admin
        add_user(accounts, ADA, Role.ADMIN)
        assert not sign_in(accounts, roles=[]).is_admin


def test_the_address_named_in_the_settings_becomes_admin(store: Store, rules: AccountRules) -> None:
    accounts = Accounts(store, replace(rules, admin_email=ANN))
    assert sign_in(accounts).is_admin


def test_a_provider_response_is_accepted_once(accounts: Accounts) -> None:
    assert accounts.is_first_use("a digest")
    assert accounts.is_first_use("another digest")
    assert not accounts.is_first_use("a digest")
