"""Start-up and shutdown of the server's background work."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread

from reldash.auth.factory import open_accounts
from reldash.config import load_settings, require_key
from reldash.errors import ConfigurationError, StoreError
from reldash.server.garbage import GarbageCollector
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context, close_context, get_context
from reldash.services.logs import set_up_logs
from reldash.services.mail.outbox import MailSender
from reldash.services.reports.cached_reports import ViewWarmer


def open_or_exit() -> Context:
    """Open the fleet and the database, or exit with one line on stderr and code 2.

    A missing secret key is an error, too: without it nobody can sign in. Called while Home.py is
    imported, because Streamlit responds to a failing lifespan with a traceback.
    """
    set_up_logs()
    try:
        require_key(load_settings())
        context = get_context()
    except (ConfigurationError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error
    return context


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Run email delivery, view warming, garbage collection and the collector in the background.

    The collector runs here only where RELDASH_COLLECT is "inline".
    """
    context = await to_thread.run_sync(get_context)
    mails = MailSender(open_accounts(context.store, context.settings), context.settings)
    collector = Collector(context) if context.settings.collect == "inline" else None
    warmer = ViewWarmer(context)
    garbage = GarbageCollector()
    garbage.start()
    mails.start()
    if collector is not None:
        collector.start()
    warmer.start()
    try:
        yield
    finally:
        warmer.stop()
        await to_thread.run_sync(mails.stop)
        if collector is not None:
            await to_thread.run_sync(collector.stop)
        await to_thread.run_sync(close_context)
        await to_thread.run_sync(garbage.stop)
