"""A restarted demo continues where it ended."""

from pathlib import Path

import pytest

from reldash.demo.train_progress import load_progress, save_progress


def test_a_train_continues_where_it_ended(tmp_path: Path) -> None:
    save_progress(tmp_path, seed=3, steps=40)
    assert load_progress(tmp_path, seed=3) == 40


def test_another_seed_starts_from_the_beginning(tmp_path: Path) -> None:
    save_progress(tmp_path, seed=3, steps=40)
    assert load_progress(tmp_path, seed=4) == 0


@pytest.mark.parametrize(
    "noted", ["", "{}", "[]", '{"seed": 3, "steps": "x"}', '{"seed": 3, "steps": -1}']
)
def test_a_broken_progress_file_starts_from_the_beginning(tmp_path: Path, noted: str) -> None:
    (tmp_path / "progress.json").write_text(noted)
    assert load_progress(tmp_path, seed=3) == 0


def test_progress_of_several_days_is_ignored(tmp_path: Path) -> None:
    save_progress(tmp_path, seed=3, steps=1_000_000)
    assert load_progress(tmp_path, seed=3) == 0
