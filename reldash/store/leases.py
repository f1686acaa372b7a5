"""Leases: each cluster is read by one holder at a time, whatever happens to the holder.

All times are by the database's clock; `clock_timestamp()` moves within a transaction, so that
waiting for a row does not make a lease look fresher than it is. A lease that was taken in the
future is over: that clock was set back, or another server has taken over from a quicker one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.types import Interval

from reldash.errors import StoreError


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


def acquire(connection: Connection, cluster: str, holder: str, ttl: timedelta) -> Lease | None:
    """Take a cluster that is free; None while another holds it.

    Whoever asked for a read until now will have it.
    """
    given = {"cluster": cluster, "holder": holder, "ttl": ttl}
    number = connection.execute(_ACQUIRE, given).scalar()
    return None if number is None else Lease(cluster, holder, number)


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


def renew(connection: Connection, lease: Lease, ttl: timedelta) -> bool:
    """Hold a lease for `ttl` from now; False if it was released or is another's.

    False too, and at once, while its cluster is being recorded: nobody can take it then, and
    other leases of the holder must not wait.
    """
    given = {**_identity(lease), "ttl": ttl}
    return bool(connection.execute(_RENEW, given).rowcount)


_RELEASE = text(
    """
    UPDATE leases SET holder = NULL, expires_at = NULL
    WHERE cluster = :cluster AND holder = :holder AND number = :number
    """
)


def release(connection: Connection, lease: Lease) -> None:
    """Let go of a lease; nothing happens if it is another's by now."""
    connection.execute(_RELEASE, _identity(lease))


_LOCK = text(
    """
    SELECT 1 FROM leases
    WHERE cluster = :cluster AND holder = :holder AND number = :number
    FOR UPDATE
    """
)


def lock(connection: Connection, lease: Lease) -> None:
    """Make sure that the lease still holds, and let nobody take it before the transaction ends.

    It does past its time too, as long as nobody else took the cluster: the number decides.

    Raises:
        LeaseLostError: it was released or is another's.
    """
    if connection.execute(_LOCK, _identity(lease)).scalar() is None:
        raise LeaseLostError(
            "Lease lost",
            f"{lease.cluster}: lease {lease.number} of {lease.holder} is over; "
            "expected it to hold until what was read is recorded",
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


def due(connection: Connection, names: Iterable[str], interval: timedelta) -> list[str]:
    """Which of the named clusters should be read now, in the order given.

    Those never attempted, attempted longer ago than `interval`, or asked for since the last
    attempt began; unless somebody is reading them.
    """
    wanted = list(names)
    rows = connection.execute(_DUE, {"names": wanted, "interval": interval}).scalars()
    resting = set(rows)
    return [name for name in wanted if name not in resting]


_REQUEST = text(
    """
    INSERT INTO leases (cluster, number, requested_at)
    SELECT name, 0, clock_timestamp() FROM unnest(CAST(:names AS text[])) AS name
    ORDER BY name
    ON CONFLICT (cluster) DO UPDATE SET requested_at = excluded.requested_at
    """
)


def request(connection: Connection, names: Iterable[str]) -> None:
    """Make these clusters due, whenever they were read last."""
    connection.execute(_REQUEST, {"names": sorted(set(names))})


_REFRESHING = text(
    """
    SELECT cluster FROM leases
    WHERE cluster = ANY(:names)
      AND (requested_at IS NOT NULL
           OR (holder IS NOT NULL
               AND acquired_at <= clock_timestamp() AND expires_at > clock_timestamp()))
    """
)


def refreshing(connection: Connection, names: Sequence[str]) -> set[str]:
    """Which of the named clusters are being read, or have been asked for and not begun."""
    return set(connection.execute(_REFRESHING, {"names": list(names)}).scalars())


def _identity(lease: Lease) -> dict[str, str | int]:
    return {"cluster": lease.cluster, "holder": lease.holder, "number": lease.number}
