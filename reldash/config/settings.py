"""Settings: what the environment and `.env` say."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from reldash.config.addresses import base_address
from reldash.config.environment import (
    PROJECT_FOLDER,
    TITLE,
    Variable,
    env_files,
    expanded,
    load_variables,
)
from reldash.config.faults import fault, one_of, shown, suggestion
from reldash.errors import ConfigurationError

PREFIX = "RELDASH_"
# Field -> its variable, in the order of .env.example.
VARIABLES = {
    "database_url": "DATABASE_URL",
    "data_folder": "RELDASH_DATA",
    "fleet": "RELDASH_FLEET",
    "collect": "RELDASH_COLLECT",
    "base_url": "RELDASH_BASE_URL",
}
POSTGRES = ("postgres://", "postgresql://", "postgresql+psycopg2://")


def _postgres(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(POSTGRES):
        raise ValueError("postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return value


class Settings(BaseSettings):
    """What the environment says; each field's variable is in `VARIABLES`.

    Attributes:
        database_url: a Postgres; None for the embedded one.
        data_folder: where the embedded Postgres keeps its data.
        fleet: the fleet file.
        collect: `inline` collects inside the server; `off` leaves it to `reldash collect`.
        base_url: the address people reach the dashboard at, without a slash at its end.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # compose files and .env often leave a variable empty
        extra="ignore",  # .env also holds clusters' tokens and what AWS reads
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[SecretStr, AfterValidator(_postgres)] | None = Field(
        default=None, validation_alias="DATABASE_URL"
    )
    data_folder: Annotated[Path, AfterValidator(expanded)] = Field(
        default=PROJECT_FOLDER / ".data", validation_alias="RELDASH_DATA"
    )
    fleet: Annotated[Path, AfterValidator(expanded)] = Path("fleet.yaml")
    collect: Literal["inline", "off"] = "inline"
    base_url: Annotated[str, AfterValidator(base_address)] = "http://localhost:8501"


def load_settings() -> Settings:
    """Read and check the settings.

    Raises:
        ConfigurationError: a variable is wrong or unknown, or `.env` is broken; one line.
    """
    variables = load_variables()
    for name, variable in variables.items():
        if name.startswith(PREFIX) and name not in VARIABLES.values():
            raise ConfigurationError(TITLE, _unknown(variable))
    try:
        return Settings(_env_file=env_files(), _env_file_encoding="utf-8")  # type: ignore[call-arg]  # mypy sees fields only
    except ValidationError as error:
        raise ConfigurationError(TITLE, _wrong(error, variables)) from error


def _unknown(variable: Variable) -> str:
    bare = variable.name.upper().removeprefix(PREFIX)  # DATABASE_URL alone has no prefix
    word = bare if bare in VARIABLES.values() else variable.name
    expected = one_of(VARIABLES.values()) + suggestion(word, VARIABLES.values())
    return fault(variable.place, variable.name, "unknown setting", expected)


def _wrong(error: ValidationError, variables: dict[str, Variable]) -> str:
    """The first fault in our own words; a secret's value is never shown."""
    first = error.errors(include_url=False)[0]
    named = str(first["loc"][0]).lower()
    name = VARIABLES.get(named) or named.upper()
    variable = variables[name]
    if first["type"] == "literal_error":
        expected = "inline or off" + suggestion(variable.value, ["inline", "off"])
    else:
        expected = str(first["ctx"]["error"])
    found = "a value not shown here" if name == "DATABASE_URL" else shown(variable.value)
    return fault(variable.place, name, found, expected)
