"""Time of a sign-in for known and unknown addresses: python -m benchmarks sign_in.

Wrong passwords, 200 attempts each, in turn, on an embedded Postgres of its own. Reported, not
tested: the difference of the medians should be small compared with the spread of attempts, which
a busy machine hides. Counters are reset between attempts, since a rate-limited attempt compares
nothing.
"""

import statistics
import tempfile
import time
from pathlib import Path

from reldash.auth import AccountRules, Accounts
from reldash.domain.accounts import COMMAND_LINE, Role
from reldash.store import Store
from reldash.store.embedded import embedded_postgres

TRIES = 200
WARM_UP = 10
CLIENT = "192.0.2.1"
WRONG = "not the password"


def main() -> None:
    """Print the times of both, and how they compare."""
    with tempfile.TemporaryDirectory() as folder, embedded_postgres(Path(folder)) as server:
        store = Store.open(server.url)
        try:
            times = _measure(store)
        finally:
            store.close()
    for who, taken in times.items():
        low, middle, high = statistics.quantiles(taken, n=4)
        print(
            f"{who:8} median {middle:6.2f} ms, half of them within {low:.2f} to {high:.2f},"
            f" mean {statistics.fmean(taken):6.2f} ± {statistics.stdev(taken):.2f}"
        )
    known, unknown = times.values()
    apart = abs(statistics.median(known) - statistics.median(unknown))
    noise = statistics.stdev(known + unknown)
    print(
        f"medians are {apart:.2f} ms apart, {apart / noise:.2f} of what tries differ ({noise:.2f})"
    )


def _measure(store: Store) -> dict[str, list[float]]:
    """Measure the milliseconds of each attempt, by address."""
    accounts = Accounts(store, AccountRules(bytes(32)))
    accounts.add_user(COMMAND_LINE, "known@example.com", Role.VIEWER, "seven red lanterns")
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(WARM_UP + TRIES):
        for who in sorted(times, reverse=bool(number % 2)):
            email = f"{who}@example.com"
            with store.accounts() as work:
                for scope, key in (("password", email), ("password client", CLIENT)):
                    work.attempts.forget(scope, key)
            before = time.perf_counter()
            accounts.sign_in(email, WRONG, CLIENT)
            if number >= WARM_UP:
                times[who].append(1000 * (time.perf_counter() - before))
    return times


if __name__ == "__main__":
    main()
