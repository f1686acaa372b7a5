"""The demo's mail server receives our emails, and its inbox shows them."""

import socket
from pathlib import Path

import pytest

from reldash.config.mail_server import parse_mail_server
from reldash.demo.mail_server import DemoMailServer
from reldash.mail import Letter, send_mail
from reldash.services.mail.demo_inbox import load_inbox


def send(office: DemoMailServer, number: int, text: str = "text\n") -> None:
    letter = Letter(f"user{number}@example.com", f"Nr. {number} ü", text, "<p>html</p>")
    send_mail(letter, parse_mail_server(office.url), "reldash@localhost")


def test_emails_are_shown_as_sent_newest_first(tmp_path: Path) -> None:
    with DemoMailServer(tmp_path / "inbox") as office:
        send(office, 1, "a <b>code</b>: 版 123456\n")
        send(office, 2)
        second, first = load_inbox(office.folder)
    assert (first.to, first.subject) == ("user1@example.com", "Nr. 1 ü")
    assert first.text == "a <b>code</b>: 版 123456\n"
    assert second.to == "user2@example.com"
    assert second.received_at >= first.received_at
    assert [mail.to for mail in load_inbox(office.folder, limit=1)] == ["user2@example.com"]


def test_a_missing_inbox_is_empty(tmp_path: Path) -> None:
    assert load_inbox(tmp_path / "none") == []


def test_a_new_start_empties_the_inbox(tmp_path: Path) -> None:
    with DemoMailServer(tmp_path / "inbox") as office:
        send(office, 1)
    assert len(load_inbox(office.folder)) == 1
    with DemoMailServer(tmp_path / "inbox") as office:
        assert load_inbox(office.folder) == []


def test_the_oldest_emails_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reldash.demo.mail_server.MAX_MAILS", 2)
    with DemoMailServer(tmp_path / "inbox") as office:
        for number in range(4):
            send(office, number)
        assert [mail.subject for mail in load_inbox(office.folder)] == ["Nr. 3 ü", "Nr. 2 ü"]


def test_the_server_is_reachable_only_locally_and_only_while_it_runs(tmp_path: Path) -> None:
    with DemoMailServer(tmp_path / "inbox") as office:
        server = parse_mail_server(office.url)
        assert server.host == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port))


def test_any_file_in_the_folder_is_shown_as_text(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with DemoMailServer(folder):
        (folder / "new" / "odd").write_bytes(b"\xff\x00 no headers at all")
        (folder / "new" / "image").write_bytes(b"Content-Type: image/png\n\nx")
        assert {mail.text for mail in load_inbox(folder)} <= {"", "\ufffd\x00 no headers at all"}
