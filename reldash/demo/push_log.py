"""What was pushed to the company's image registry, and when."""

from dataclasses import dataclass, field
from datetime import datetime

from reldash.demo.manifests import Manifest


@dataclass(frozen=True, slots=True)
class Push:
    """A manifest that was given a tag. A tag that another one had has moved then."""

    repository: str
    tag: str
    manifest: Manifest
    at: datetime


@dataclass(slots=True)
class PushLog:
    """Takes note of pushes, so that they can be put where registries are asked."""

    _new: list[Push] = field(default_factory=list)

    def push(self, repository: str, tag: str, manifest: Manifest, at: datetime) -> None:
        """Take note of one; `repository` is without the registry."""
        self._new.append(Push(repository, tag, manifest, at))

    def take_new(self) -> list[Push]:
        """What was pushed since this was last asked, earliest first."""
        taken, self._new = sorted(self._new, key=lambda push: push.at), []
        return taken
