"""How a tag was read, in words."""

from collections.abc import Sequence

from reldash.domain.versions.order import Standing, VersionOrder
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


def explain_beside(order: VersionOrder, tag: str, other: str = "", decided_by: str = "") -> str:
    """How a tag was read, and how it stands to another: for the details of a cell.

    Args:
        order: of the service's versions; its text alone is explained.
        tag: a version of the service.
        other: the version that it was compared with; "" or equal text for none.
        decided_by: the method that ordered them where the text does not; "" for none.

    Returns:
        Such as "1.4.2-rc.1: base 1.4.2, rc 1; before 1.4.2 because rc comes before the base (tag
        order)".
    """
    reading = order.rules.read(tag)
    words = f"{tag}: {_short(reading)}"
    if not other or other == tag or reading.kind is Kind.NONE:
        return words
    return f"{words}; {_standing_words(order.compare_text(tag, other), other, decided_by)}"


def _standing_words(standing: Standing, other: str, decided_by: str) -> str:
    because = standing.reason.replace(" < ", " comes before ").replace(" > ", " comes after ")
    if standing.result == 0:
        return f"the same version as {other}"
    if standing.result is None:
        instead = f", so the {decided_by} decides" if decided_by else ""
        return f"its text is not comparable with {other}: {because}{instead}"
    side = "before" if standing.result < 0 else "after"
    if standing.method == "rule":
        return f"{side} {other} {because}"
    return f"{side} {other} because {because} (tag order)"


def _short(reading: Reading) -> str:
    """The parts of a tag, the shortest that name all of them."""
    if reading.kind is Kind.NONE:
        return "no version in its text"
    if reading.kind is Kind.COMMIT:
        parts = [f"commit {', '.join(reading.commits)}"]
    elif reading.kind is Kind.RULED:
        values = ", ".join(text or str(number) for number, text in reading.values)
        parts = [f"{values} by a rule of the fleet file"]
    else:
        parts = [f"{_base_name(reading)} {_dotted(reading.base) or '0'}", *_counted(reading.steps)]
    commits = () if reading.kind is Kind.COMMIT else reading.commits
    named = (
        ("line", "" if reading.kind is Kind.RULED else reading.line, ""),
        ("second number", _dotted(reading.second or ()), ""),
        ("variant", reading.variant, " (not ordered)"),
        ("made for", ", ".join(reading.decorations), " (not counted)"),
        ("build", ", ".join(commits), " (not ordered)"),
        ("uncommitted changes", " " if reading.is_dirty else "", ""),
    )
    parts += [f"{name} {text}{note}".rstrip() for name, text, note in named if text]
    return ", ".join(parts)


def _counted(steps: Sequence[Step]) -> list[str]:
    """What follows the base, each word with the numbers behind it: ["rc 1", "hotfix 2"]."""
    words: list[str] = []
    for step in steps:
        if step.kind is StepKind.NUMBER and words:
            words[-1] += f" {_dotted(step.numbers)}"
        elif step.kind in {StepKind.NUMBER, StepKind.BARE_NUMBER}:
            words.append(f"then {_dotted(step.numbers)}")
        else:
            words.append(step.word)
    return words


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
