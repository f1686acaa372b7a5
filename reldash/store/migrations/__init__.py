"""Migrations of the schema, as Alembic scripts, and `migrate` to apply them."""

from pathlib import Path

from alembic.command import upgrade
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from reldash.errors import StoreError

_LOCK = 7_235_811  # advisory lock; used for nothing else
_LATEST = "head"  # Alembic's word


def migrate(engine: Engine, place: str) -> None:
    """Migrate the schema to the version of this program; fast if nothing is to be done.

    If several processes start at once, one migrates and the others wait. All steps are one
    transaction. `place` names the database in errors.

    Raises:
        StoreError: the database was migrated by a later version of the program.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    latest = scripts.get_current_head()
    with engine.begin() as connection:
        if _version(connection) == latest:
            return
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        version = _version(connection)
        known = {script.revision for script in scripts.walk_revisions()}
        if version is not None and version not in known:
            raise StoreError(
                "Database is newer than the program",
                f"{place}: schema version {version}; expected {latest} or an earlier one: "
                "run the version of the program that migrated it, or a later one",
            )
        config.attributes["connection"] = connection
        upgrade(config, _LATEST)


def _version(connection: Connection) -> str | None:
    """The schema's version as Alembic recorded it; None for a database without one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
