"""A demo that is started again goes on where it ended."""

from pathlib import Path

import pytest

from reldash.demo.train_progress import load_progress, save_progress


def test_the_train_of_a_seed_goes_on_where_it_ended(tmp_path: Path) -> None:
    save_progress(tmp_path, seed=3, steps=40)
    assert load_progress(tmp_path, seed=3) == 40


def test_another_seed_begins_anew(tmp_path: Path) -> None:
    save_progress(tmp_path, seed=3, steps=40)
    assert load_progress(tmp_path, seed=4) == 0


@pytest.mark.parametrize(
    "noted", ["", "{}", "[]", '{"seed": 3, "steps": "x"}', '{"seed": 3, "steps": -1}']
)
def test_a_broken_note_begins_anew(tmp_path: Path, noted: str) -> None:
    (tmp_path / "progress.json").write_text(noted)
    assert load_progress(tmp_path, seed=3) == 0


def test_a_train_that_ran_for_days_begins_anew_rather_than_delay_the_start(tmp_path: Path) -> None:
    save_progress(tmp_path, seed=3, steps=1_000_000)
    assert load_progress(tmp_path, seed=3) == 0
