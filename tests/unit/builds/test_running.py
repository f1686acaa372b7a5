"""Running builds: live pods that pulled their image count, of an Argo Rollout the stable ones."""

from typing import Any

import pytest

from reldash.domain.builds.build import Build, build_of
from reldash.domain.builds.canary import candidate_text
from reldash.domain.builds.running import running_builds, status_text
from reldash.domain.workloads.observations import (
    Candidate,
    Observation,
    Progress,
    RolloutStatus,
    WorkloadKind,
)
from tests.unit.builders import REGISTRY, digest, image_id, observation, running

OLD, NEW = f"{REGISTRY}/api:1.4.2", f"{REGISTRY}/api:1.5.0"


def versions(builds: tuple[Build, ...]) -> list[str]:
    return [build.version for build in builds]


def rollout(stable: str, candidate: str, **fields: Any) -> Observation:
    return observation(
        image=stable,
        kind=WorkloadKind.ROLLOUT,
        candidate=Candidate(candidate, "canary", 10, pods=1),
        running=(running(stable, 9, current=False), running(candidate, 1)),
        **fields,
    )


@pytest.mark.parametrize(
    ("reference", "reported", "label", "version"),
    [
        (OLD, image_id(OLD), "", "1.4.2"),
        (OLD, image_id(OLD), "1.4.1", "1.4.2"),
        (f"{REGISTRY}/api:latest", image_id(OLD), "1.4.2", "1.4.2"),
        (f"{REGISTRY}/api:latest", image_id(OLD), "", digest("api:1.4.2")[7:19]),
        (f"{REGISTRY}/api:latest", "", "", "latest"),
        (f"{REGISTRY}/api", digest("configuration"), "", "latest"),
        (f"{REGISTRY}/api@{digest('x')}", "", "", digest("x")[7:19]),
        ("Not An Image", "", "", "Not An Image"),
    ],
)
def test_the_version_is_the_tag_unless_that_is_a_branch_else_the_label_or_digest(
    reference: str, reported: str, label: str, version: str
) -> None:
    assert build_of(reference, reported, label).version == version


def test_a_build_pinned_by_digest_has_no_tag_that_could_move() -> None:
    assert build_of(OLD).tagged == OLD
    assert build_of(f"{OLD}@{digest('x')}").tagged == ""


def test_a_build_has_the_requested_digest_and_the_running_one() -> None:
    build = build_of(f"{OLD}@{digest('index')}", f"{REGISTRY}/api@{digest('manifest')}")
    assert {d.value for d in build.digests} == {digest("index"), digest("manifest")}


@pytest.mark.parametrize(
    ("pods", "rolling", "stands_for", "live"),
    [
        pytest.param((running(OLD),), False, ["1.4.2"], ["1.4.2"], id="settled"),
        pytest.param(
            (running(OLD, 3, current=False), running(NEW, 1)),
            True,
            ["1.5.0"],
            ["1.4.2", "1.5.0"],
            id="rolling stands for where it goes",
        ),
        pytest.param(
            (running(OLD, 3, current=False), running(NEW, 1, image_id="", ready=0)),
            True,
            ["1.4.2"],
            ["1.4.2"],
            id="rolling, and the new image is not pulled yet",
        ),
        pytest.param(
            (running(OLD, 3, current=None), running(NEW, 1, current=None)),
            True,
            ["1.5.0"],
            ["1.4.2", "1.5.0"],
            id="rolling, with pods of unknown revision",
        ),
        pytest.param(
            (running(OLD, 2, current=False), running(NEW, 1)),
            False,
            ["1.4.2", "1.5.0"],
            ["1.4.2", "1.5.0"],
            id="held between two revisions: both, most pods first",
        ),
        pytest.param(
            (running(OLD, 1, current=False), running(OLD, 2)),
            False,
            ["1.4.2"],
            ["1.4.2"],
            id="two revisions of one image",
        ),
        pytest.param((), False, ["1.5.0"], ["1.5.0"], id="no live pods: what is wanted"),
        pytest.param(None, False, ["1.5.0"], ["1.5.0"], id="pods not read: what is wanted"),
        pytest.param(
            (running(NEW, 1, image_id="", ready=0, waiting=("ImagePullBackOff",)),),
            False,
            ["1.5.0"],
            ["1.5.0"],
            id="nothing came up yet: what is wanted",
        ),
    ],
)
def test_the_pods_of_a_place_decide_its_builds(
    pods: tuple[object, ...] | None, rolling: bool, stands_for: list[str], live: list[str]
) -> None:
    runs = running_builds(observation(image=NEW, running=pods), rolling=rolling)
    assert (versions(runs.builds), versions(runs.live)) == (stands_for, live)


def test_the_stable_replica_set_decides_the_builds_of_an_argo_rollout() -> None:
    runs = running_builds(rollout(OLD, NEW), rolling=False)
    assert versions(runs.builds) == versions(runs.live) == ["1.4.2"]


def test_a_candidate_of_the_same_image_is_recognised_by_its_revision() -> None:
    observed = rollout(OLD, OLD)
    assert versions(running_builds(observed, rolling=False).live) == ["1.4.2"]


def test_a_candidate_rewritten_to_a_mirror_is_recognised_by_its_revision() -> None:
    observed = observation(
        image=OLD,
        kind=WorkloadKind.ROLLOUT,
        candidate=Candidate(NEW, "canary", 10, pods=1),
        running=(
            running("mirror.example.com/shop/api:1.4.2", 9, current=False),
            running("mirror.example.com/shop/api:1.5.0", 1),
        ),
    )
    assert versions(running_builds(observed, rolling=False).live) == ["1.4.2"]


def test_the_version_label_does_not_apply_to_pods_of_an_older_revision() -> None:
    image = f"{REGISTRY}/api:main"
    observed = observation(
        image=image,
        labels={"app.kubernetes.io/version": "1.5.0"},
        running=(running(image, 2, build="old", current=False), running(image, 1, build="new")),
    )
    assert versions(running_builds(observed, rolling=False).live) == [digest("old")[7:19], "1.5.0"]


@pytest.mark.parametrize(
    ("label", "weight", "text"),
    [("canary", 10, "canary 10 % 1.5.0"), ("preview", None, "preview 1.5.0")],
)
def test_a_candidate_is_shown_with_its_weight(label: str, weight: int | None, text: str) -> None:
    observed = observation(candidate=Candidate(NEW, label, weight, pods=1))
    assert candidate_text(observed) == text


def test_a_status_is_the_candidate_the_progress_and_the_controllers_words() -> None:
    held = RolloutStatus(Progress.HELD, "paused at step 2 of 5")
    assert status_text(rollout(OLD, NEW, status=held)) == (
        "canary 10 % 1.5.0, held: paused at step 2 of 5"
    )
    assert status_text(observation()) == "complete"
