"""Create `Accounts` from the settings."""

from reldash.auth.accounts import Accounts
from reldash.auth.rules import AccountRules
from reldash.config import Settings, require_key
from reldash.store import Store


def open_accounts(store: Store, settings: Settings) -> Accounts:
    """Create the accounts of an opened store; cheap enough to call where needed.

    Raises:
        ConfigurationError: there is no secret key.
    """
    rules = AccountRules(
        secret_key=require_key(settings),
        sign_up_domains=settings.signup_domains,
        admin_email=settings.admin_email or "",
        idle=settings.session_idle,
        lifetime=settings.session_lifetime,
        password_sign_in=settings.password_sign_in,
        admin_roles=settings.oidc_admin_roles,
    )
    return Accounts(store, rules)
