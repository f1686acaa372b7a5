"""Paged lists with continue tokens, consistent across pages as with etcd."""

import base64
import binascii
import json
import time
from collections import OrderedDict
from collections.abc import Callable

from reldash.demo.cluster_state import ClusterState, StoredObject

_KEPT_LISTS = 64
_KEPT_SECONDS = 300.0  # etcd compacts every five minutes; older continue tokens get 410


class ContinueExpiredError(Exception):
    """The token's list is gone; `fresh` continues on the current list, inconsistently."""

    def __init__(self, fresh: str) -> None:
        super().__init__("continue token expired")
        self.fresh = fresh


class ContinueInvalidError(Exception):
    """This server never issued the token; the message says what is wrong with it."""


class Pager:
    """Keeps the lists that continue tokens refer to, for one cluster."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._lists: OrderedDict[tuple[str, str, int], tuple[float, list[StoredObject]]] = (
            OrderedDict()
        )

    def forget(self) -> None:
        """Expire all tokens issued so far, as a compaction does."""
        self._lists.clear()

    def page(
        self,
        resource: str,
        namespace: str | None,
        limit: int,
        token: str,
        chosen: Callable[[StoredObject], bool] | None = None,
    ) -> tuple[list[StoredObject], dict[str, object]]:
        """Return one page and its list metadata; all objects if `limit` is 0.

        `chosen` is the label selector; with one, the API omits `remainingItemCount`.

        Raises:
            ContinueExpiredError: respond with 410.
            ContinueInvalidError: respond with 400.
        """
        version, start = self._state.resource_version, ""
        if token:
            version, start = _decode(token)
        items = self._list(resource, namespace, version, start)
        if start:
            items = [stored for stored in items if _position(stored) >= start]
        if chosen is not None:
            items = [stored for stored in items if chosen(stored)]
        kept = self._state.resource_version if version < 0 else version
        meta: dict[str, object] = {"resourceVersion": str(kept)}
        if not limit or len(items) <= limit:
            return items, meta
        self._keep(resource, namespace, kept)
        meta["continue"] = _encode(kept, _position(items[limit - 1]) + "\0")
        if chosen is None:
            meta["remainingItemCount"] = len(items) - limit
        return items[:limit], meta

    def _list(
        self, resource: str, namespace: str | None, version: int, start: str
    ) -> list[StoredObject]:
        """Return the list as it was at `version`; -1 means the current one."""
        if version in {-1, self._state.resource_version}:
            return self._state.list_objects(resource, namespace)
        kept = self._lists.get((resource, namespace or "", version))
        if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
            raise ContinueExpiredError(_encode(-1, start))
        return kept[1]

    def _keep(self, resource: str, namespace: str | None, version: int) -> None:
        key = (resource, namespace or "", version)
        if key not in self._lists:
            self._lists[key] = (time.monotonic(), self._state.list_objects(resource, namespace))
        while len(self._lists) > _KEPT_LISTS:
            self._lists.popitem(last=False)


def _position(stored: StoredObject) -> str:
    return "/".join(stored.key)


def _encode(version: int, start: str) -> str:
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": start})
    return base64.urlsafe_b64encode(text.replace(" ", "").encode()).rstrip(b"=").decode()


def _decode(token: str) -> tuple[int, str]:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        fields = json.loads(text)
        if fields["v"] != "meta.k8s.io/v1":
            raise ContinueInvalidError("server does not recognize this encoded version")
        return int(fields["rv"]), str(fields["start"])
    except (binascii.Error, ValueError, KeyError, TypeError) as fault:
        raise ContinueInvalidError(f"continue key is not valid: {fault}") from fault
