"""The part of the store that holds data of image registries."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from reldash.domain.registries.facts import (
    NO_FACTS,
    Child,
    ImageFacts,
    RegistryFacts,
    RegistryRead,
    TagFact,
)
from reldash.domain.registries.merge import transform_facts
from reldash.domain.registries.on_demand import ImageDetail, ImageFindings, WantedDetail
from reldash.store.engine import Transaction
from reldash.store.leases import Lease
from reldash.store.registries import finding_search, on_demand, rows, saving


class RegistryStore:
    """Facts of images; every method is one transaction, and raises StoreError as Store's.

    Methods with a lease raise LeaseLostError if another holder has it, and write nothing.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._merged = (-1, NO_FACTS)  # the last merged facts, after their revision

    def load_facts(self, connection: Connection) -> RegistryFacts:
        """The facts, within the caller's transaction; merged again only after a change.

        Observations change far more often than registry data.
        """
        revision = rows.load_revision(connection)
        merged = self._merged
        if merged[0] != revision:
            merged = revision, transform_facts(*rows.load_rows(connection))
            self._merged = merged
        return merged[1]

    def load_rows(self) -> tuple[list[ImageFacts], list[TagFact], list[RegistryRead]]:
        """All stored images and tags, and the outcome of the last read of each repository."""
        with self._transaction() as connection:
            return rows.load_rows(connection)

    def load_running(
        self, clusters: Collection[str]
    ) -> list[tuple[str, str, str | None, str | None]]:
        """Running images: (cluster, image of the template, image of pods, image id), distinct.

        The last two are None without known pods.
        """
        with self._transaction() as connection:
            return on_demand.load_running(connection, clusters)

    def save(
        self,
        images: Iterable[ImageFacts],
        tags: Iterable[TagFact],
        reads: Iterable[RegistryRead],
        lease: Lease,
    ) -> None:
        """Write what was read. Details from other calls, or no longer reported, stay."""
        with self._transaction() as connection:
            saving.save_registry(connection, images, tags, reads, lease)

    def forget_reads(self, places: Collection[tuple[str, str]], lease: Lease) -> None:
        """Delete the outcome of reads of these (registry, repository)."""
        with self._transaction() as connection:
            saving.forget_reads(connection, places, lease)

    def save_children(self, children: Mapping[str, tuple[Child, ...]], lease: Lease) -> None:
        """Write the manifests of indexes, by the index's digest."""
        with self._transaction() as connection:
            saving.save_children(connection, children, lease)

    def save_findings(self, found: Iterable[ImageFindings], lease: Lease) -> None:
        """Write scans with their findings."""
        with self._transaction() as connection:
            saving.save_findings(connection, found, lease)

    def request_detail(self, digests: Iterable[str], detail: ImageDetail) -> bool:
        """Record that a user needs a detail of images; False if it was requested moments ago."""
        with self._transaction() as connection:
            return on_demand.request_detail(connection, digests, detail)

    def load_requested(self) -> list[WantedDetail]:
        """Details requested since they were last read."""
        with self._transaction() as connection:
            return on_demand.load_requested(connection)

    def load_attempts(self, detail: ImageDetail) -> dict[str, timedelta]:
        """How long ago a detail was last read or tried, by digest; without those never tried."""
        with self._transaction() as connection:
            return on_demand.load_attempts(connection, detail)

    def save_attempts(self, wanted: Iterable[WantedDetail], lease: Lease) -> None:
        """Record that these details are being read now."""
        with self._transaction() as connection:
            on_demand.save_attempts(connection, wanted, lease)

    def mark_needed(
        self,
        digests: Iterable[str],
        tags: Collection[tuple[str, str, str]],
        lifetime: timedelta,
        lease: Lease,
    ) -> None:
        """Mark images and tags (registry, repository, tag) as needed.

        Those not needed for `lifetime`, by the database's clock, are deleted.
        """
        with self._transaction() as connection:
            on_demand.mark_needed(connection, digests, tags, lifetime, lease)

    def find_images_with_finding(self, text: str) -> list[finding_search.ImageWithFinding]:
        """Images with a finding whose name contains a text, each with the worst severity found.

        Ordered by registry, repository and digest.
        """
        with self._transaction() as connection:
            return finding_search.find_images_with_finding(connection, text)
