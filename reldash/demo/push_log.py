"""Log of pushes to the company's image registry."""

from dataclasses import dataclass, field
from datetime import datetime

from reldash.demo.manifests import Manifest


@dataclass(frozen=True, slots=True)
class Push:
    """A push of a manifest under a tag; moves the tag if another manifest had it."""

    repository: str
    tag: str
    manifest: Manifest
    at: datetime


@dataclass(slots=True)
class PushLog:
    """Collects pushes until they are published in ECR."""

    _new: list[Push] = field(default_factory=list)

    def push(self, repository: str, tag: str, manifest: Manifest, at: datetime) -> None:
        """Log a push; `repository` is without the registry."""
        self._new.append(Push(repository, tag, manifest, at))

    def take_new(self) -> list[Push]:
        """Return the pushes since the last call, earliest first."""
        taken, self._new = sorted(self._new, key=lambda push: push.at), []
        return taken
