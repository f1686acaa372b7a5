"""What follows the base of a tag: stages, later builds, words and numbers, as steps."""

from collections.abc import Collection, Iterator, Sequence

from reldash.domain.versions.tag_dates import Stamp
from reldash.domain.versions.tag_parts import Step, StepKind
from reldash.domain.versions.tag_tokens import (
    DATE,
    DESCRIBED,
    MARKS,
    WORK,
    Token,
)
from reldash.domain.versions.tag_words import (
    BASE_WORDS,
    COMMIT_WORDS,
    JOINED_STAGES,
    LATER_ALONE,
    LATER_BUILDS,
    PACKAGERS,
    STAGES,
    VERSION_WORDS,
)


def read_dotted(tokens: Sequence[Token], at: int) -> tuple[tuple[int, ...], int]:
    """A number with its dotted followers, and where they end."""
    numbers = [int(tokens[at].text)]
    at += 1
    while at < len(tokens) and tokens[at].separator == "." and tokens[at].text.isdigit():
        numbers.append(int(tokens[at].text))
        at += 1
    return tuple(numbers), at


class StepReader:
    """Reads the tokens behind the base into steps. `_last` is what the token before was."""

    def __init__(
        self, stamps: Iterator[Stamp], works: Iterator[str], steps: Collection[Step]
    ) -> None:
        self.steps = list(steps)
        self.second: tuple[int, ...] | None = None
        self.is_dirty = False
        self._stamps = stamps
        self._works = works
        self._last = "word" if steps else "number"

    def read(self, tokens: Sequence[Token]) -> None:
        """Read tokens into `steps`, `second` and `is_dirty`."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.is_number:
                at = self._read_number(tokens, at)
                continue
            if token.text == DESCRIBED:
                self._read_described()
            elif token.text == WORK:
                self._add(StepKind.WORD, next(self._works))
                self._last = "mark"
            elif token.text.isalpha():
                following = tokens[at + 1] if at + 1 < len(tokens) else None
                self._read_word(token, following)
            elif token.text in MARKS:
                self._last = "mark"
            at += 1

    def _read_number(self, tokens: Sequence[Token], at: int) -> int:
        token = tokens[at]
        if token.text == DATE:
            numbers, end = next(self._stamps).numbers, at + 1
        else:
            numbers, end = read_dotted(tokens, at)
            is_second = token.separator == "-" and self._last != "word" and len(numbers) > 1
            # A part of seven digits is a time or a commit, not a version's.
            if is_second and self.second is None and max(numbers) < 10**6:
                self.second = numbers
        is_attached = (
            self._last == "word"
            or (token.separator == "" and self._last != "mark")
            or (token.separator == "." and self._last in {"number", "mark"})
        )
        kind = StepKind.NUMBER if is_attached else StepKind.BARE_NUMBER
        self.steps.append(Step(kind, numbers=numbers))
        self._last = "number"
        return end

    def _read_described(self) -> None:
        """The count of commits since the tag, as `git describe` writes it; 0 is the tag itself."""
        last = self.steps[-1] if self.steps else None
        if last is not None and last.kind is StepKind.BARE_NUMBER and len(last.numbers) == 1:
            self.steps.pop()
            if last.numbers[0]:
                self.steps += [
                    Step(StepKind.LATER, "commits"),
                    Step(StepKind.NUMBER, "", last.numbers),
                ]
        self._last = "mark"

    def _read_word(self, token: Token, following: Token | None) -> None:
        word = token.text
        is_touching = (
            token.separator == ""
            and following is not None
            and following.separator == ""
            and following.text.isdigit()
        )
        if is_touching and self._last == "number":
            word = JOINED_STAGES.get(word, word)
        if word == "dirty":
            self.is_dirty = True
        elif word in BASE_WORDS | COMMIT_WORDS:
            self._last = "mark"
        elif word in STAGES:
            self._add(StepKind.STAGE, STAGES[word].name)
        elif word == "build" and following is not None and following.text in STAGES:
            pass  # Spring's BUILD-SNAPSHOT is a snapshot
        elif word in LATER_BUILDS and (word in LATER_ALONE or (following and following.is_number)):
            self._add(StepKind.LATER, LATER_BUILDS[word])
        elif word not in VERSION_WORDS:
            self._add(StepKind.WORD, word)

    def _add(self, kind: StepKind, word: str) -> None:
        self.steps.append(Step(kind, word))
        self._last = "word"


def words_of_builds_first(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Put a stage behind the build of a packager: 1.4.2-rc1-k3s2 is a candidate of its k3s2."""
    if not steps or steps[0].kind is not StepKind.STAGE:
        return tuple(steps)
    stage = 2 if len(steps) > 1 and steps[1].kind is StepKind.NUMBER else 1
    end = stage + 4  # k 3 s 2
    words = steps[stage:end]
    if not words or words[0].word not in PACKAGERS:
        return tuple(steps)
    return (*words, *steps[:stage], *steps[end:])
