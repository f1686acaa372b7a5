"""What mails of accounts say: each kind in both forms, other people's words harmless."""

from html.parser import HTMLParser

import pytest

from reldash.config.environment import PROJECT_FOLDER
from reldash.domain.accounts import Mail, MailKind
from reldash.mail import Letter
from reldash.services.mail.letters import CHOOSE, write_letter

BASE = "https://releases.example.com/dash"
CODE, LONG = "482913", "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ"
DATA = {
    MailKind.INVITATION: {"by": "boss@example.com", "role": "admin"},
    MailKind.NEW_DEVICE: {
        "device": "Firefox on Linux",
        "address": "192.0.2.7",
        "at": "2026-11-23T19:20:00+01:00",
    },
    MailKind.EMAIL_CHANGED: {"email": "new@example.com"},
}
SENT = [kind for kind in MailKind if kind is not MailKind.NOTHING]
HOSTILE = '</p><script src="//evil">&amp;<a href=x>\'"'


class Read(HTMLParser):
    """The text of a document, and the tags it is made of."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()
        self.addresses: list[str] = []
        self.feed(document)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


def letter_of(kind: MailKind, *, name: str = "Ann", **data: str) -> Letter:
    codes = (CODE, LONG) if kind.purpose else ("", "")
    told = DATA.get(kind, {}) | data
    return write_letter(Mail("1", kind, "ann@example.com", name, told, 1, *codes), BASE)


@pytest.mark.parametrize("kind", SENT)
def test_text_and_html_of_a_letter_say_the_same(kind: MailKind) -> None:
    letter = letter_of(kind)
    assert letter.to == "ann@example.com"
    body = letter.html[letter.html.index("<body") :]
    words = letter.text.replace("-- \n", "").split()
    assert Read(body).text.replace("dashboardhttps", "dashboard https").split() == words


@pytest.mark.parametrize("kind", SENT)
def test_a_letter_links_to_the_dashboard_and_loads_nothing(kind: MailKind) -> None:
    letter = letter_of(kind)
    assert Read(letter.html).addresses == [f"{BASE}/"]
    assert f"{BASE}/\n" in letter.text


@pytest.mark.parametrize("kind", SENT)
def test_codes_stand_in_letters_that_prove_something_and_never_in_a_subject(kind: MailKind) -> None:
    letter = letter_of(kind)
    for form in (letter.text, Read(letter.html).text):
        assert (CODE in form) == (LONG in form) == (kind.purpose is not None)
    assert CODE not in letter.subject
    assert CODE not in repr(letter)


def test_every_kind_has_a_subject_of_its_own() -> None:
    assert len({letter_of(kind).subject for kind in SENT}) == len(SENT)


def test_what_answers_for_nobody_is_never_written() -> None:
    with pytest.raises(KeyError):
        letter_of(MailKind.NOTHING)


@pytest.mark.parametrize("kind", SENT)
def test_other_peoples_words_are_no_markup(kind: MailKind) -> None:
    plain = letter_of(kind)
    words = {key: HOSTILE for key in DATA.get(kind, {}) if key not in {"role", "at"}}
    hostile = letter_of(kind, name=HOSTILE, **words)
    assert Read(hostile.html).tags == Read(plain.html).tags
    assert Read(hostile.html).addresses == Read(plain.html).addresses
    assert hostile.subject == plain.subject


@pytest.mark.parametrize("kind", [MailKind.SIGN_UP, MailKind.EMAIL])
def test_nobody_can_have_their_words_mailed_to_strangers(kind: MailKind) -> None:
    assert letter_of(kind, name="Buy now") == letter_of(kind, name="")


def test_a_known_person_is_greeted_by_name() -> None:
    assert letter_of(MailKind.RESET).text.startswith("Hello Ann,\n")
    assert letter_of(MailKind.RESET, name="").text.startswith("Hello,\n")


def test_an_invitation_says_who_invites_as_what_and_what_to_do() -> None:
    text = letter_of(MailKind.INVITATION).text
    assert "boss@example.com has made you an administrator of the release dashboard" in text
    assert CHOOSE in text
    assert "a viewer" in letter_of(MailKind.INVITATION, role="viewer").text


def test_letters_call_the_way_to_a_password_as_the_sign_in_page_does() -> None:
    page = (PROJECT_FOLDER / "reldash/ui/sign_in/steps.py").read_text(encoding="utf-8")
    assert f'"{CHOOSE.strip("“”")}"' in page


def test_without_passwords_an_invitation_speaks_of_none() -> None:
    mail = Mail("1", MailKind.INVITATION, "a@example.com", "", DATA[MailKind.INVITATION], 1)
    text = write_letter(mail, BASE, password_sign_in=False).text
    assert "password" not in text.lower()
    assert "your organisation's account" in text


def test_a_new_device_is_told_with_place_and_time_in_utc() -> None:
    text = letter_of(MailKind.NEW_DEVICE).text
    assert "Firefox on Linux (192.0.2.7) signed in to your account at 2026-11-23 18:20 UTC." in text
    assert "Linux signed in" in letter_of(MailKind.NEW_DEVICE, address="").text
