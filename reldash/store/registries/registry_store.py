"""The part of the store that holds what image registries told."""

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
    """Facts of images; every method is one transaction, and raises StoreError as those of Store.

    Those that take a lease raise LeaseLostError if it is another's by now, and write nothing.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._merged = (-1, NO_FACTS)  # revision of what was merged last

    def load_facts(self, connection: Connection) -> RegistryFacts:
        """The facts within somebody's transaction, merged anew only where there is news.

        Observations move far more often than what registries tell.
        """
        revision = rows.load_revision(connection)
        merged = self._merged
        if merged[0] != revision:
            merged = revision, transform_facts(*rows.load_rows(connection))
            self._merged = merged
        return merged[1]

    def load_rows(self) -> tuple[list[ImageFacts], list[TagFact], list[RegistryRead]]:
        """Everything that registries told, and how asking them went."""
        with self._transaction() as connection:
            return rows.load_rows(connection)

    def load_running(
        self, clusters: Collection[str]
    ) -> list[tuple[str, str, str | None, str | None]]:
        """What runs: (cluster, image wanted, image of pods, their image id), each once.

        The last two are None where no pods are known.
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
        """Write an answer. What an image has from other calls, or had and is not told, stays."""
        with self._transaction() as connection:
            saving.save_registry(connection, images, tags, reads, lease)

    def forget_reads(self, places: Collection[tuple[str, str]], lease: Lease) -> None:
        """Forget how asking went for these (registry, repository)."""
        with self._transaction() as connection:
            saving.forget_reads(connection, places, lease)

    def save_children(self, children: Mapping[str, tuple[Child, ...]], lease: Lease) -> None:
        """Write the manifests of indexes, by the index's digest."""
        with self._transaction() as connection:
            saving.save_children(connection, children, lease)

    def save_findings(self, found: Iterable[ImageFindings], lease: Lease) -> None:
        """Write what was told of images' scans."""
        with self._transaction() as connection:
            saving.save_findings(connection, found, lease)

    def request_detail(self, digests: Iterable[str], looked_at: ImageDetail) -> bool:
        """Note that somebody looked; False if that had all been noted moments ago."""
        with self._transaction() as connection:
            return on_demand.request_detail(connection, digests, looked_at)

    def load_requested(self) -> list[WantedDetail]:
        """What somebody looked at since registries were last asked for it."""
        with self._transaction() as connection:
            return on_demand.load_requested(connection)

    def save_attempts(self, wanted: Iterable[WantedDetail], lease: Lease) -> None:
        """Note that registries were asked now for what somebody looked at."""
        with self._transaction() as connection:
            on_demand.save_attempts(connection, wanted, lease)

    def mark_needed(
        self,
        digests: Iterable[str],
        tags: Collection[tuple[str, str, str]],
        lifetime: timedelta,
        lease: Lease,
    ) -> None:
        """Say what is still wanted (tags as registry, repository, tag).

        Whatever has not been for `lifetime`, by the database's clock, is deleted.
        """
        with self._transaction() as connection:
            on_demand.mark_needed(connection, digests, tags, lifetime, lease)

    def find_images_with_finding(self, text: str) -> list[finding_search.ImageWithFinding]:
        """Images with a finding whose name contains a text, each with the worst severity found.

        Ordered by registry, repository and digest.
        """
        with self._transaction() as connection:
            return finding_search.find_images_with_finding(connection, text)
