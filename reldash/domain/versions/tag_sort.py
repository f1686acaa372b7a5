"""A sort key for lists of tags: a total order in which older by text always comes first."""

from reldash.domain.versions.tag_parts import Kind, Reading, Step, StepKind
from reldash.domain.versions.tag_words import STAGES, Group

_KINDS = {kind: place for place, kind in enumerate(Kind)}
# Where stages are not comparable, any order does: those before rc first, moving ones last.
_STAGE_PLACES = {
    stage.name: (stage.group is Group.MOVING, stage.name == "rc", stage.group, stage.place)
    for stage in STAGES.values()
}
_RELEASE = 1  # the end of a tag: after stages, before everything else
_PLACES = {
    StepKind.STAGE: 0,
    StepKind.NUMBER: 2,
    StepKind.BARE_NUMBER: 3,
    StepKind.WORD: 4,
    StepKind.LATER: 5,
}

SortKey = tuple[object, ...]


def sort_key(reading: Reading) -> SortKey:
    """The key of a tag; ties are broken by the text itself.

    Kinds and lines stay together, then the base decides, then variants, then what follows.
    """
    return (
        _KINDS[reading.kind],
        reading.form == "week",
        reading.line,
        reading.values,
        reading.second is not None,
        _numbers(reading),
        reading.variant,
        (*map(_step, reading.steps), (_RELEASE,)),
        not reading.may_be_stage,
        reading.text,
    )


def _numbers(reading: Reading) -> SortKey:
    """The base; of a date the day without zeros at its end, how it is written, and the rest."""
    if reading.kind is not Kind.DATED:
        return reading.base
    day = reading.base[:3]
    while day and not day[-1]:
        day = day[:-1]
    return day, reading.form, reading.base[3:]


def _step(step: Step) -> SortKey:
    if step.kind is StepKind.STAGE:
        return 0, _STAGE_PLACES[step.word]
    return _PLACES[step.kind], step.word, step.numbers
