"""Other times than the demo fleet's own short ones, for tests on a machine that may be busy."""

from pathlib import Path


def give_time(fleet_file: Path, *, stale_after: str = "40s") -> None:
    """Let no cluster be late, however busy the machine is; nothing stale before `stale_after`."""
    text = fleet_file.read_text()
    for written, meant in (
        ("timeout: 5s", "timeout: 60s"),
        ("stale_after: 40s", f"stale_after: {stale_after}"),
    ):
        assert written in text
        text = text.replace(written, meant)
    fleet_file.write_text(text)
