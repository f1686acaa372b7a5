"""References that an admission webhook rewrote: pods name their image otherwise than the template.

Webhooks pin a tag to its digest, pull from a mirror, or add a suffix to the tag. The pod then runs
what the template asked for, under another name.
"""

import re
from functools import lru_cache

from reldash.domain.images.references import Image, ImageError, parse_image
from reldash.domain.workloads.observations import Running


def requested_reference(template: str, run: Running) -> str:
    """The reference that pods stand for: the template's if theirs was rewritten, else their own.

    Pods of an older revision came from another template, so that theirs always counts.
    """
    is_rewritten = run.current is not False and _is_rewritten(
        template, run.image, is_certain=run.current is True
    )
    return template if is_rewritten else run.image


def pulled_digest(run: Running) -> str:
    """The image id that pods report; else the reference by digest that they ask for; else ""."""
    return run.image_id or (run.image if "@" in run.image else "")


@lru_cache(maxsize=2**16)
def _is_rewritten(template: str, found: str, *, is_certain: bool) -> bool:
    """Whether a pod's reference is the template's under another name.

    A reference that only kept a digest may be of any version: it is the template's only if it is
    certain that the pod was made from that template. Another tag or repository is not: somebody
    changed the pod.
    """
    if template == found:
        return False
    try:
        wanted, own = parse_image(template), parse_image(found)
    except ImageError:
        return False
    if wanted.tag is None or wanted.digest is not None or not _is_copy(wanted, own):
        return False
    if own.tag is None:
        return own.digest is not None and is_certain
    suffix = own.tag.removeprefix(wanted.tag)
    return own.tag.startswith(wanted.tag) and re.match(r"$|[^a-zA-Z0-9.]", suffix) is not None


def _is_copy(wanted: Image, own: Image) -> bool:
    """Whether a repository keeps the last part of another's path, or is a mirror that flattens it.

    `mirror.local/quay.io-org-app` and `mirror.local/org-app` are copies of `quay.io/org/app`.
    """
    parts = wanted.name.split("/")
    tails = {_flattened("/".join(parts[at:])) for at in range(len(parts))}
    return _flattened(own.name.rpartition("/")[2]) in tails


def _flattened(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower())
