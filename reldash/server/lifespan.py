"""What starts before the first page is served, and stops after the last."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread

from reldash.errors import ConfigurationError, StoreError
from reldash.services.collect import Collector
from reldash.services.context import close_context, get_context
from reldash.services.logs import set_up_logs


def open_or_exit() -> None:
    """Open the fleet and the database, or end the process with one line and exit code 2.

    Done when Home.py is imported: Streamlit answers a lifespan that fails with a traceback.
    """
    set_up_logs()
    try:
        get_context()
    except (ConfigurationError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Collect in the background while the server runs, unless the settings leave it to others."""
    context = await to_thread.run_sync(get_context)
    collector = Collector(context) if context.settings.collect == "inline" else None
    if collector is not None:
        collector.start()
    try:
        yield
    finally:
        if collector is not None:
            await to_thread.run_sync(collector.stop)
        await to_thread.run_sync(close_context)
