"""What starts before the first page is served, and stops after the last."""

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
    """Open the fleet and the database, or end the process with one line and exit code 2.

    Without a secret key there is no sign-in, so that is a reason, too.

    Done when Home.py is imported: Streamlit answers a lifespan that fails with a traceback.
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
    """Send mails, make views, free memory and collect in the background while the server runs.

    Collecting from clusters may be left to others by the settings.
    """
    context = await to_thread.run_sync(get_context)
    mails = MailSender(open_accounts(context.store, context.settings), context.settings)
    collector = Collector(context) if context.settings.collect == "inline" else None
    keeper = ViewWarmer(context)
    garbage = GarbageCollector()
    garbage.start()
    mails.start()
    if collector is not None:
        collector.start()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()
        await to_thread.run_sync(mails.stop)
        if collector is not None:
            await to_thread.run_sync(collector.stop)
        await to_thread.run_sync(close_context)
        await to_thread.run_sync(garbage.stop)
