"""Pydantic types for the text values of a fleet file.

Each raises ValueError with what is expected; `fleet.py` turns it into a message.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from reldash.config.addresses import api_server_address
from reldash.config.error_text import did_you_mean
from reldash.domain.fleet.recurrence import check_rule
from reldash.domain.links.web_addresses import check_template
from reldash.domain.versions.tag_rules import deciding_groups

LONGEST_DURATION = timedelta(days=3650)
DURATION = re.compile(r"(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?")

WALL_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2})?")
YEARS = range(2000, 2200)

LONGEST_PATTERN = 500
JAVASCRIPT_GROUP = re.compile(r"(?<!\\)\(\?<(?![=!])")

# Names are used in URLs, in CSV headers (where = + - @ start a formula) and, joined by "/", in
# column keys.
NAME = re.compile(r"[^\W_](?:[\w .:@+-]{0,98}[\w.:@+-])?")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
NAMESPACE_PATTERN = re.compile(r"[a-z0-9*?!\[\]-]{1,253}")
LABEL = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
)
# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html and
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
EKS_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+){1,2}-[0-9]{1,2}")
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}")
ACCOUNT = re.compile(r"[0-9]{12}")
EXTERNAL_ID = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TAG_NAME = re.compile(r"[\w+=.:/@ -]{1,128}")
TAG_VALUE = re.compile(r"[\w+=.:/@ -]{1,256}")


def duration(value: object) -> timedelta:
    """`60s`, `5m`, `14d`, `1h30m` as a duration (ValueError: with what is expected)."""
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    numbers = [int(each or 0) for each in match.groups()] if match else [0, 0, 0, 0]
    days, hours, minutes, seconds = numbers
    whole = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta() < whole <= LONGEST_DURATION:
        raise ValueError("a duration above zero with its unit, such as 60s, 5m, 1h30m or 14d")
    return whole


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("text")
    return value


def _matching(pattern: re.Pattern[str], expected: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(expected)
        return text

    return check


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError(
            "a name of letters, digits, spaces and . _ : @ + - (letter or digit first, 100 at most)"
        )
    return text


def _environment_name(text: str) -> str:
    if _name(text) == "newest":  # as a baseline: the newest version anywhere
        raise ValueError('another name: "newest" is reserved')
    return text


def _switch(value: object) -> bool:
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    word = value.lower() if isinstance(value, str) else ""
    if word not in words:
        raise ValueError("true or false")
    return words[word]


def _customer_pattern(value: object) -> re.Pattern[str]:
    try:
        pattern = re.compile(_text(value))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"a regular expression ({error})") from error
    if "customer" not in pattern.groupindex:
        raise ValueError("a regular expression with the group (?P<customer>...)")
    return pattern


def _tag_pattern(value: object) -> re.Pattern[str]:
    """The pattern of a rule for tags; groups may be written `(?<name>...)`, as in Renovate."""
    text = _text(value)
    if len(text) > LONGEST_PATTERN:
        raise ValueError(f"a regular expression of at most {LONGEST_PATTERN} characters")
    try:
        pattern = re.compile(JAVASCRIPT_GROUP.sub("(?P<", text))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"a regular expression ({error})") from error
    if not deciding_groups(pattern):
        raise ValueError("a regular expression with a named group that decides: (?P<major>[0-9]+)")
    return pattern


def _source(text: str) -> str:
    kind, _, label = text.partition(":")
    if text != "workload" and not (kind == "label" and LABEL.fullmatch(label)):
        raise ValueError('workload or "label:NAME"')
    return text


def _label_source(text: str) -> str:
    if text == "workload":
        raise ValueError('"label:NAME"')
    return _source(text)


def _listed(value: object) -> object:
    """A single text is a list of one."""
    return [value] if isinstance(value, str) else value


def _local_time(value: object) -> datetime:
    example = "a local time in time_zone, such as 2026-12-18 17:00"
    if not isinstance(value, str) or not WALL_CLOCK.fullmatch(value):
        raise ValueError(example)
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{example} ({error})") from error
    if at.year not in YEARS:
        raise ValueError(f"{example}, in the years {YEARS[0]} to {YEARS[-1]}")
    return at


def _time_zone(text: str) -> str:
    known = available_timezones()
    if text not in known:
        raise ValueError(f"a time zone such as Europe/Berlin{did_you_mean(text, sorted(known))}")
    return text


def _path(value: object) -> Path:
    text = _text(value)
    if "\0" in text:
        raise ValueError("a path")
    return Path(text)


Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[Text, AfterValidator(_name)]
EnvironmentName = Annotated[Text, AfterValidator(_environment_name)]
DashboardKey = Annotated[
    Text,
    AfterValidator(_matching(KEY, "a key of letters, digits, - and _ (a letter or digit first)")),
]
Switch = Annotated[bool, BeforeValidator(_switch)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
TagPattern = Annotated[re.Pattern[str], BeforeValidator(_tag_pattern)]
CustomerPattern = Annotated[re.Pattern[str], BeforeValidator(_customer_pattern)]
Label = Annotated[Text, AfterValidator(_matching(LABEL, "a label's name"))]
Source = Annotated[Text, AfterValidator(_source)]
LabelSource = Annotated[Text, AfterValidator(_label_source)]
Namespace = Annotated[
    Text, AfterValidator(_matching(NAMESPACE, "a namespace's name (a-z, 0-9 and -)"))
]
NamespacePattern = Annotated[
    Text,
    AfterValidator(
        _matching(NAMESPACE_PATTERN, "a namespace's name or a pattern with *, ? or [...]")
    ),
]
VariableName = Annotated[
    Text, AfterValidator(_matching(VARIABLE, "the name of an environment variable"))
]
EksName = Annotated[
    Text, AfterValidator(_matching(EKS_NAME, "the name of an EKS cluster (letters, digits, - _)"))
]
Region = Annotated[
    Text, AfterValidator(_matching(REGION, "the name of an AWS region, such as eu-west-1"))
]
RoleArn = Annotated[
    Text, AfterValidator(_matching(ROLE_ARN, "a role such as arn:aws:iam::111122223333:role/NAME"))
]
ExternalId = Annotated[
    Text, AfterValidator(_matching(EXTERNAL_ID, "2 to 1224 letters, digits and _ + = , . @ : / -"))
]
Account = Annotated[
    Text, AfterValidator(_matching(ACCOUNT, "the number of an AWS account (12 digits, in quotes)"))
]
TagName = Annotated[
    Text,
    AfterValidator(_matching(TAG_NAME, "a tag's name (letters, digits, + - = . _ : / @)")),
]
TagValue = Annotated[
    Text, AfterValidator(_matching(TAG_VALUE, "a tag's value (letters, digits, + - = . _ : / @)"))
]
ApiServerAddress = Annotated[Text, AfterValidator(api_server_address)]
LinkTemplate = Annotated[Text, AfterValidator(check_template)]
FilePath = Annotated[Path, BeforeValidator(_path)]
LocalTime = Annotated[datetime, BeforeValidator(_local_time)]
TimeZone = Annotated[Text, AfterValidator(_time_zone)]
RecurrenceRule = Annotated[Text, AfterValidator(check_rule)]
Listed = BeforeValidator(_listed)
Patterns = Annotated[list[NamespacePattern], Listed, Field(min_length=1)]
