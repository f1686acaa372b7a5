"""Search for images by part of a reference, tag or digest: every deployment and time they ran."""

from datetime import timedelta

import pytest

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.history.image_search import ImageResults
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.tables.images import images_frame
from reldash.services.context import Context
from reldash.services.reports.images import MAX_PLACES, find_images, split_references
from tests.integration.past.conftest import RecordedHistory
from tests.unit.builders import digest


def find(context: Context, *texts: str, most: int = MAX_PLACES) -> ImageResults:
    return find_images(context, texts, context.now(), most)


def spans(found: ImageResults, recorded: RecordedHistory) -> list[tuple[str, float, float | None]]:
    """Environment, start day, end day."""
    day = timedelta(days=1)
    return [
        (
            place.environment or "",
            (place.started_at - recorded.began_at) / day,
            None if place.ended_at is None else (place.ended_at - recorded.began_at) / day,
        )
        for place in found.places
        if place.started_at is not None
    ]


@pytest.mark.parametrize(
    "text",
    ["shop/api:1.1.0", "API:1.1.0", "registry.example.com/shop/api:1.1.0", digest("api:1.1.0"),
     digest("api:1.1.0")[7:20], f"elsewhere.example.com/api@{digest('api:1.1.0')}"],
)  # fmt: skip
def test_an_image_is_found_wherever_it_runs_or_ran(
    context: Context, recorded: RecordedHistory, text: str
) -> None:
    assert spans(find(context, text), recorded) == [
        ("prod", 16.0, None),
        ("prod", 7.0, 15.0),
        ("stg", 4.0, 11.0),
        ("dev", 2.0, 6.0),
    ]


def test_a_match_has_its_location_and_version(context: Context) -> None:
    place = find(context, "api:1.3.0").places[0]
    assert (place.dashboard, place.service, place.environment) == ("platform", "api", "dev")
    assert (place.cluster, place.namespace, place.workload) == ("dev", "shop", "api")
    assert (place.version, place.customer, place.ended_at) == ("1.3.0", None, None)
    assert place.digests[0].endswith(digest("api:1.3.0"))
    assert not place.approximate


def test_deleted_deployments_are_found(context: Context, recorded: RecordedHistory) -> None:
    found = find(context, "old:0.9.0")
    assert spans(found, recorded) == [("prod", 0.0, 10.0)]
    assert found.places[0].service == "old"


def test_references_of_a_list_without_a_match_are_named(context: Context) -> None:
    texts = split_references("web:5.0.0\n\n# comment\n- 'nothing:1.0'\nweb:5.0.0\n\"api:1.3.0\",\n")
    assert texts == ["web:5.0.0", "nothing:1.0", "api:1.3.0"]
    found = find(context, *texts)
    assert found.missing == ("nothing:1.0",)
    assert {place.text for place in found.places} == {"web:5.0.0", "api:1.3.0"}
    rows = frame_csv(images_frame(found)).splitlines()
    assert len(rows) == 1 + len(found.places) + 1
    assert rows[-1].startswith("nothing:1.0,False,")


@pytest.mark.parametrize("text", ["%%", "_pi", "1.1_0", "ap%"])
def test_pattern_characters_are_literal(context: Context, text: str) -> None:
    assert find(context, text).missing == (text,)


def test_a_note_names_the_limits_of_a_search_by_finding(context: Context) -> None:
    found = find(context, "CVE-2026-1234")
    assert found.missing == ("CVE-2026-1234",)
    (note,) = found.notes
    assert note == (
        "Critical and high findings are not known for any of 4 running images,"
        " and the others may have it too; lower ones are not read"
    )
    assert found.not_known_words.startswith(note)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a"], "'a': expected 2 to 500 characters"),
        (["a" * 501], "expected 2 to 500 characters"),
        ([f"image-{number}" for number in range(301)], "301 given, expected at most 300"),
    ],
)
def test_too_much_or_too_little_is_rejected(
    context: Context, texts: list[str], expected: str
) -> None:
    with pytest.raises(ChoiceError, match=expected):
        find_images(context, texts, context.now())


def test_deployments_beyond_the_limit_are_cut_off_and_marked(context: Context) -> None:
    assert not find(context, "api").more
    found = find(context, "api", most=3)
    assert len(found.places) == 3
    assert found.more


def test_running_deployments_are_not_cut_off_by_later_ended_ones(context: Context) -> None:
    now = find(context, "shop/").places
    running = {place for place in now if place.ended_at is None}
    found = find(context, "shop/", most=len(running))
    assert set(found.places) == running
    assert found.more


def test_a_match_that_is_cut_off_is_not_reported_missing(context: Context) -> None:
    found = find(context, "api:1.3.0", "old:0.9.0", "nothing:1.0", most=1)
    assert [place.text for place in found.places] == ["api:1.3.0"]
    assert found.missing == ("nothing:1.0",)
    assert found.more


def test_an_empty_search_finds_nothing(context: Context) -> None:
    assert find(context) == ImageResults((), (), more=False)
    assert len(images_frame(find(context))) == 0
