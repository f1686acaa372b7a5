"""Images are read in as few calls as ECR allows; a missing one does not affect others."""

import pytest

from reldash.collectors.aws.clients import AwsIdentity
from reldash.collectors.aws.ecr_describe import get_repository
from reldash.collectors.aws.errors import NotInEcrError
from reldash.domain.images.references import DigestKind
from tests.integration.collectors.aws_front import (
    GOES_ON,
    OTHER_ROLE,
    REGION,
    THROTTLED,
    AwsFront,
    denied,
)
from tests.integration.collectors.ecr_images import (
    OTHER_ACCOUNT,
    PUSHED_AT,
    ask,
    delete,
    digest_of,
    index_of,
    manifest_of,
    push,
    registry_of,
    wanted,
)

pytestmark = pytest.mark.usefixtures("front")
OTHER_IDENTITY = AwsIdentity(REGION, OTHER_ROLE, "ours")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again at once."""
    monkeypatch.setattr("reldash.collectors.aws.clients.FIRST_WAIT", 0.01)


def test_an_image_has_its_push_size_kind_and_tags(front: AwsFront) -> None:
    digest = push("team/app", manifest_of(1), "1.0", "latest")
    answer = ask(wanted("team/app", [digest], ["1.0"]))
    (image,) = answer.images
    assert (image.digest, image.kind, image.pushed_at) == (digest, DigestKind.MANIFEST, PUSHED_AT)
    assert (image.size, image.tags, image.missing) == (5_000_000, ("1.0", "latest"), False)
    assert [(tag.tag, tag.digest) for tag in answer.tags] == [("1.0", digest)]
    assert front.asked == ["DescribeImages"]


def test_an_index_is_distinguished_from_a_manifest() -> None:
    child = push("team/app", manifest_of(1))
    index = push("team/app", index_of([(child, "linux/amd64")]))
    kinds = {image.digest: image.kind for image in ask(wanted("team/app", [child, index])).images}
    assert kinds == {child: DigestKind.MANIFEST, index: DigestKind.INDEX}


def test_a_tag_pushed_again_leads_to_its_new_image(front: AwsFront) -> None:
    old = push("team/app", manifest_of(1), "1.0")
    new = push("team/app", manifest_of(2), "1.0")
    answer = ask(wanted("team/app", [old], ["1.0"]))
    assert [tag.digest for tag in answer.tags] == [new]
    assert {image.digest for image in answer.images} == {old, new}
    assert len(front.asked) == 1


def test_a_hundred_images_with_their_tags_are_one_call(front: AwsFront) -> None:
    digests = [push("team/app", manifest_of(n), f"1.{n}.0") for n in range(100)]
    answer = ask(wanted("team/app", digests, [f"1.{n}.0" for n in range(100)]))
    assert {tag.digest for tag in answer.tags} == set(digests)
    assert front.asked == ["DescribeImages"]


def test_no_call_names_more_than_a_hundred_images(front: AwsFront) -> None:
    digests = [push("team/app", manifest_of(n)) for n in range(250)]
    assert {image.digest for image in ask(wanted("team/app", digests)).images} == set(digests)
    assert [len(asked["imageIds"]) for _, asked in front.bodies] == [100, 100, 50]


def test_one_missing_among_a_hundred_costs_that_image_alone(front: AwsFront) -> None:
    digests = [push("team/app", manifest_of(n), f"1.{n}.0") for n in range(100)]
    delete("team/app", digests[40])
    answer = ask(wanted("team/app", digests))
    missing = [image.digest for image in answer.images if image.missing]
    assert missing == [digests[40]]
    assert len(answer.images) == 100
    assert len(front.asked) == 2
    assert [read.title for read in answer.reads] == ["", ""]


def test_a_missing_tag_is_known_to_be_missing() -> None:
    digest = push("team/app", manifest_of(1), "1.0")
    answer = ask(wanted("team/app", [digest], ["gone"]))
    assert [(tag.tag, tag.digest) for tag in answer.tags] == [("gone", None)]
    assert [image.digest for image in answer.images] == [digest]


def test_a_missing_image_is_found_even_where_ecr_does_not_name_it() -> None:
    asked = []

    def describe(ids: list[dict[str, str]]) -> list[dict[str, str]]:
        asked.append(len(ids))
        if any(each["imageDigest"] == digests[7] for each in ids):
            words = "an image does not exist"
            raise NotInEcrError("ImageNotFoundException", words, words, status=400)
        return [dict(each) for each in ids]

    digests = sorted(digest_of(str(n)) for n in range(100))
    images, _ = get_repository(describe, registry_of().host, "team/app", digests, [])
    assert [image.digest for image in images if image.missing] == [digests[7]]
    assert len(images) == 100
    assert len(asked) < 20


def test_a_registry_of_another_account_is_read_as_the_identity_with_access(front: AwsFront) -> None:
    digest = push("team/app", manifest_of(1), account=OTHER_ACCOUNT)
    registry = registry_of(OTHER_ACCOUNT)
    asked = wanted("team/app", [digest], registry=registry)
    front.external_ids[OTHER_ROLE] = "ours"
    (image,) = ask(asked, identities=[OTHER_IDENTITY]).images
    assert image.digest == digest
    assert image.registry == registry.host


def test_who_was_refused_is_followed_by_who_might_be_let_in(front: AwsFront) -> None:
    front.external_ids[OTHER_ROLE] = "not ours"
    digest = push("team/app", manifest_of(1))
    answer = ask(wanted("team/app", [digest]), identities=[OTHER_IDENTITY, AwsIdentity(REGION)])
    assert [image.digest for image in answer.images] == [digest]


def test_a_refusal_names_the_permission(front: AwsFront) -> None:
    push("team/app", manifest_of(1))
    front.faults["DescribeImages"] = [denied("ecr:DescribeImages")]
    (read,) = ask(wanted("team/app", [digest_of("any")])).reads
    assert (read.repository, read.title) == ("team/app", "Not allowed by AWS")
    assert "missing permission ecr:DescribeImages in region eu-west-1 on team/app" in read.message
    assert "policy.json" in read.remedy
    assert read.reached_at is None


def test_a_repository_that_does_not_exist_has_no_image() -> None:
    digest = push("team/app", manifest_of(1))
    answer = ask(wanted("team/app", [digest]), wanted("team/gone", [digest], ["1.0"]))
    assert {image.repository: image.missing for image in answer.images} == {
        "team/app": False,
        "team/gone": True,
    }
    assert [tag.digest for tag in answer.tags] == [None]
    assert {read.title for read in answer.reads} == {""}


def test_a_registry_that_refuses_everything_gets_few_calls(front: AwsFront) -> None:
    front.faults["DescribeImages"] = [denied("ecr:DescribeImages")]
    answer = ask(*(wanted(f"team/app-{n}", [digest_of("any")]) for n in range(40)))
    (whole,) = [read for read in answer.reads if not read.repository]
    assert whole.title == "Not allowed by AWS"
    assert len(front.asked) < 8


def test_repositories_that_refuse_hide_none_of_a_registry_that_answers(front: AwsFront) -> None:
    digests = {f"app-{n}": push(f"app-{n}", manifest_of(n)) for n in range(20)}
    front.closed = {f"team-{n}" for n in range(20)}
    asked = [wanted(name, [digest]) for name, digest in digests.items()]
    answer = ask(*asked, *(wanted(name, [digest_of("any")]) for name in sorted(front.closed)))
    assert {image.digest for image in answer.images} == set(digests.values())
    assert {read.repository for read in answer.reads if read.title} == front.closed


def test_an_image_that_no_registry_can_have_hides_no_other() -> None:
    digests = {f"app-{n}": push(f"app-{n}", manifest_of(n)) for n in range(9)}
    too_short = wanted("a", tags=["1"])  # a name of one letter: boto3 refuses to ask for it
    answer = ask(too_short, *(wanted(name, [digest]) for name, digest in digests.items()))
    assert {image.digest for image in answer.images} == set(digests.values())
    assert {read.repository: read.title for read in answer.reads if read.title} == {
        "a": "AWS not called"
    }


def test_a_registry_that_is_down_gets_few_calls(front: AwsFront) -> None:
    front.is_down = True
    answer = ask(*(wanted(f"team/app-{n}", [digest_of("any")]) for n in range(40)))
    (whole,) = answer.reads
    assert (whole.repository, whole.title) == ("", "AWS not reached")
    assert len(front.asked) <= 4 * 4  # four at once, four tries each


def test_throttling_is_waited_for(front: AwsFront) -> None:
    digest = push("team/app", manifest_of(1))
    front.faults["DescribeImages"] = [THROTTLED, THROTTLED, GOES_ON]
    assert [image.digest for image in ask(wanted("team/app", [digest])).images] == [digest]


def test_endless_throttling_is_bounded_and_reported(front: AwsFront) -> None:
    front.faults["DescribeImages"] = [THROTTLED]
    (whole,) = ask(wanted("team/app", [digest_of("any")])).reads
    assert whole.title == "Throttled by AWS"
    assert len(front.asked) == 4
