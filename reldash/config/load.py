"""Loading and checking the settings, with one-line error messages."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import ValidationError

from reldash.config.account_fields import KEY
from reldash.config.addresses import is_loopback
from reldash.config.environment import TITLE, Variable, env_files, load_variables
from reldash.config.error_text import did_you_mean, error_text, quoted
from reldash.config.settings import PREFIX, VARIABLES, Settings
from reldash.errors import ConfigurationError

# Settings whose value is never shown in a message.
SECRET = {"database_url", "secret_key", "smtp_url", "oidc_client_secret", "offered_account"}
# Settings that let in anybody who can reach the server.
DEMO = ("inbox", "offered_account")
# Settings that require others.
NEEDS = {
    "smtp_url": ("mail_from",),
    "mail_from": ("smtp_url",),
    "oidc_issuer": ("oidc_client_id", "oidc_client_secret"),
    "oidc_client_id": ("oidc_issuer",),
    "oidc_client_secret": ("oidc_issuer",),
    "oidc_roles_claim": ("oidc_issuer", "oidc_admin_roles"),
    "oidc_admin_roles": ("oidc_roles_claim",),
}


def load_settings() -> Settings:
    """Read and check the settings.

    Raises:
        ConfigurationError: a variable is invalid or unknown, or `.env` is invalid; one line.
    """
    variables = load_variables()
    for name, variable in variables.items():
        if name.startswith(PREFIX) and name not in VARIABLES.values():
            raise ConfigurationError(TITLE, _unknown(variable))
    try:
        settings = Settings(_env_file=env_files(), _env_file_encoding="utf-8")  # type: ignore[call-arg]  # mypy sees fields only
    except ValidationError as error:
        raise ConfigurationError(TITLE, _wrong(error, variables)) from error
    for message in _contradictions(settings, variables):
        raise ConfigurationError(TITLE, message)
    return settings


def require_key(settings: Settings) -> bytes:
    """The server's secret key.

    Raises:
        ConfigurationError: not set; the message explains how to create one.
    """
    if settings.key is None:
        name = VARIABLES["secret_key"]
        raise ConfigurationError(TITLE, error_text("environment or .env", name, "not set", KEY))
    return settings.key


def _unknown(variable: Variable) -> str:
    bare = variable.name.upper().removeprefix(PREFIX)  # DATABASE_URL alone has no prefix
    word = bare if bare in VARIABLES.values() else variable.name
    expected = "a name listed in .env.example" + did_you_mean(word, VARIABLES.values())
    return error_text(variable.place, variable.name, "unknown setting", expected)


def _wrong(error: ValidationError, variables: dict[str, Variable]) -> str:
    """The first error as text; the value of a secret is never shown."""
    first = error.errors(include_url=False)[0]
    named = str(first["loc"][0]).lower()
    field = next((each for each, name in VARIABLES.items() if name.lower() == named), named)
    variable = variables[VARIABLES[field]]
    if first["type"] == "literal_error":
        expected = "inline or off" + did_you_mean(variable.value, ["inline", "off"])
    else:
        expected = str(first["ctx"]["error"])
    found = "a value not shown here" if field in SECRET else quoted(variable.value)
    return error_text(variable.place, VARIABLES[field], found, expected)


def _contradictions(settings: Settings, variables: dict[str, Variable]) -> Iterable[str]:
    """Errors in combinations of settings that are valid individually."""

    def describe(field: str, found: str, expected: str) -> str:
        name = VARIABLES[field]
        place = variables[name].place if name in variables else "environment or .env"
        return error_text(place, name, found, expected)

    for field, needed in NEEDS.items():
        for other in needed if getattr(settings, field) else ():
            if not getattr(settings, other):
                yield describe(other, "not set", f"a value, as {VARIABLES[field]} is set")
    if not is_loopback(urlsplit(settings.base_url).hostname or ""):
        for field in DEMO:
            if getattr(settings, field):
                found = "set although RELDASH_BASE_URL is not this machine"
                yield describe(field, found, "it only in the demo")
    if not settings.password_sign_in and settings.oidc_issuer is None:
        yield describe("password_sign_in", "off", "on, as RELDASH_OIDC_ISSUER is not set")
    if settings.session_idle > settings.session_lifetime:
        limit = "at most RELDASH_SESSION_LIFETIME"
        yield describe("session_idle", "longer than the session lifetime", limit)
