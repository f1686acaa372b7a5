"""What the pages for engineers name is there."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
PAGES = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/extending.md"]
PLACEHOLDER = re.compile(r"\b(KEY|NAME)\b")


def named_paths(page: str) -> list[str]:
    """Paths in backticks and targets of links, without those that stand for any name."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    folder = Path(page).parent
    links = [str(folder / link) for link in re.findall(r"\]\(([^)#:]+)[^)]*\)", text)]
    quoted = re.findall(r"`((?:reldash|tests|docs|pages)/[\w./-]+)`", text)
    return sorted({path for path in links + quoted if not PLACEHOLDER.search(path)})


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    missing = [path for path in named_paths(page) if not (PROJECT / path).exists()]
    assert missing == []


def test_the_pages_name_paths() -> None:
    assert len(named_paths("docs/architecture.md")) > 20
