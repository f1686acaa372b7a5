"""How a tag was read, in words."""

from collections.abc import Sequence

from reldash.domain.versions.tag_parts import Kind, Reading, Step, StepKind

_KINDS = {
    Kind.NUMBERED: "a version number",
    Kind.DATED: "a date",
    Kind.COMMIT: "a commit: equal or not, never older or newer",
    Kind.RULED: "read by a rule of the fleet file",
    Kind.NONE: "no version: a branch, a channel, a piece of work, or not understood",
}


def explain_reading(reading: Reading) -> str:
    """One line on what the parts of a tag were taken for; parts without content are left out."""
    parts = [_KINDS[reading.kind]]
    if reading.kind is Kind.RULED:
        parts.append(", ".join(text or str(number) for number, text in reading.values))
    elif reading.base:
        parts.append(f"{_base_name(reading)} {_dotted(reading.base)}")
    named = (
        ("line", "" if reading.kind is Kind.RULED else reading.line),
        ("then", _steps(reading.steps)),
        ("second number", _dotted(reading.second or ())),
        ("variant, not ordered", reading.variant),
        ("made for, not counted", ", ".join(reading.decorations)),
        ("identifies a build, not ordered", ", ".join(reading.commits)),
        ("built with uncommitted changes", "yes" if reading.is_dirty else ""),
    )
    parts += [f"{name}: {text}" for name, text in named if text]
    return "; ".join(part for part in parts if part)


def _base_name(reading: Reading) -> str:
    if reading.kind is Kind.DATED:
        return "date"
    return "counter" if reading.is_counter else "base"


def _steps(steps: Sequence[Step]) -> str:
    words: list[str] = []
    for step in steps:
        if step.kind is StepKind.STAGE:
            words.append(f"{step.word} (before the release)")
        elif step.kind is StepKind.LATER:
            words.append(f"{step.word} (after the release)")
        elif step.kind is StepKind.BARE_NUMBER:
            words.append(f"{_dotted(step.numbers)} (orders tags of this shape only)")
        else:
            words.append(step.word or _dotted(step.numbers))
    return " ".join(words)


def _dotted(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))
