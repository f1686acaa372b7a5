"""Leases: each cluster is read by one holder at a time, whatever happens to the holder.

The fencing number is checked in `lock`, which every recording calls first.

All times are by the database's clock; `clock_timestamp()` moves within a transaction, so that
waiting for a row does not make a lease look fresher than it is. A lease that was taken in the
future has ended: that clock was set back, or another server with a slower clock took over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.types import Interval

from reldash.errors import StoreError
from reldash.store.engine import Transaction


class LeaseLostError(StoreError):
    """Another holder has taken the cluster since: nothing was written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to record one cluster, until it expires by the database's clock.

    Attributes:
        number: the fencing number, higher for each later lease of the cluster. Recording checks
            it, so that a holder that was frozen and wakes writes nothing.
    """

    cluster: str
    holder: str
    number: int


_ACQUIRE = text(
    """
    INSERT INTO leases AS l (cluster, holder, number, acquired_at, expires_at)
    VALUES (:cluster, :holder, 1, clock_timestamp(), clock_timestamp() + :ttl)
    ON CONFLICT (cluster) DO UPDATE SET
        holder = excluded.holder,
        number = l.number + 1,
        acquired_at = clock_timestamp(),
        expires_at = clock_timestamp() + :ttl,
        requested_at = NULL
    WHERE l.holder IS NULL OR l.expires_at <= clock_timestamp()
        OR l.acquired_at > clock_timestamp()
    RETURNING number
    """
).bindparams(bindparam("ttl", type_=Interval))

_RENEW = text(
    """
    UPDATE leases SET expires_at = clock_timestamp() + :ttl
    WHERE cluster IN (
        SELECT cluster FROM leases
        WHERE cluster = :cluster AND holder = :holder AND number = :number
        FOR UPDATE SKIP LOCKED
    )
    """
).bindparams(bindparam("ttl", type_=Interval))

_RELEASE = text(
    """
    UPDATE leases SET holder = NULL, expires_at = NULL
    WHERE cluster = :cluster AND holder = :holder AND number = :number
    """
)

_DUE = text(
    """
    SELECT cluster FROM leases
    WHERE cluster = ANY(:names)
      AND acquired_at <= clock_timestamp()
      AND (
        (holder IS NOT NULL AND expires_at > clock_timestamp())
        OR (acquired_at > clock_timestamp() - :interval AND requested_at IS NULL)
      )
    """
).bindparams(bindparam("interval", type_=Interval))

_REQUEST = text(
    """
    INSERT INTO leases (cluster, number, requested_at)
    SELECT name, 0, clock_timestamp() FROM unnest(CAST(:names AS text[])) AS name
    ORDER BY name
    ON CONFLICT (cluster) DO UPDATE SET requested_at = excluded.requested_at
    """
)


class Leases:
    """Leases on clusters; every method is one transaction, and raises StoreError as Store's."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def acquire(self, cluster: str, holder: str, ttl: timedelta) -> Lease | None:
        """Take a cluster for `ttl`; None while another holds it.

        Clears pending requests for a read: this lease serves them.
        """
        values = {"cluster": cluster, "holder": holder, "ttl": ttl}
        with self._transaction() as connection:
            number = connection.execute(_ACQUIRE, values).scalar()
        return None if number is None else Lease(cluster, holder, number)

    def renew(self, lease: Lease, ttl: timedelta) -> bool:
        """Extend a lease to `ttl` from now; False if it was released or taken by another.

        False too, and at once, while its cluster is being recorded: nobody can take it then, and
        other leases of the holder must not wait.
        """
        with self._transaction() as connection:
            return bool(connection.execute(_RENEW, {**_identity(lease), "ttl": ttl}).rowcount)

    def release(self, lease: Lease) -> None:
        """Give up a lease; does nothing if another holder has it by now."""
        with self._transaction() as connection:
            connection.execute(_RELEASE, _identity(lease))

    def due(self, names: Iterable[str], interval: timedelta) -> list[str]:
        """Clusters among `names` that should be read now, in the order given.

        Those never attempted, attempted longer ago than `interval`, or requested since the last
        attempt started; except those that are being read.
        """
        wanted = list(names)
        with self._transaction() as connection:
            rows = connection.execute(_DUE, {"names": wanted, "interval": interval}).scalars()
            resting = set(rows)
        return [name for name in wanted if name not in resting]

    def request(self, names: Iterable[str]) -> None:
        """Make these clusters due, whenever they were last read."""
        with self._transaction() as connection:
            connection.execute(_REQUEST, {"names": sorted(set(names))})


_LOCK = text(
    """
    SELECT 1 FROM leases
    WHERE cluster = :cluster AND holder = :holder AND number = :number
    FOR UPDATE
    """
)


def lock(connection: Connection, lease: Lease) -> None:
    """Check the fencing number, and keep others from taking the lease until the transaction ends.

    A lease past its time still holds as long as nobody else took the cluster: the number decides.

    Raises:
        LeaseLostError: it was released, or another holder has it.
    """
    if connection.execute(_LOCK, _identity(lease)).scalar() is None:
        raise LeaseLostError(
            "Lease lost",
            f"{lease.cluster}: lease {lease.number} of {lease.holder} has ended; "
            "expected it to hold until the read is recorded",
        )


_REFRESHING = text(
    """
    SELECT cluster FROM leases
    WHERE cluster = ANY(:names)
      AND (requested_at IS NOT NULL
           OR (holder IS NOT NULL
               AND acquired_at <= clock_timestamp() AND expires_at > clock_timestamp()))
    """
)


def load_refreshing(connection: Connection, names: Sequence[str]) -> set[str]:
    """Clusters among `names` that are being read, or whose requested read has not started."""
    return set(connection.execute(_REFRESHING, {"names": list(names)}).scalars())


def _identity(lease: Lease) -> dict[str, str | int]:
    return {"cluster": lease.cluster, "holder": lease.holder, "number": lease.number}
