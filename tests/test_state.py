"""State: what one notebook leaves for the next."""

from __future__ import annotations

import subprocess
import sys

import pytest

from helpers.state import NotReady, State


def test_a_value_written_is_found_by_another_kernel(tmp_path):
    State(tmp_path / "state.json")["k"] = 240
    assert State(tmp_path / "state.json").require("k", made_in="02") == 240


def test_a_missing_value_names_the_notebook_that_makes_it(tmp_path):
    with pytest.raises(NotReady, match=r"'campaign_arn'.*notebook 05"):
        State(tmp_path / "state.json").require("campaign_arn", made_in="05")


def test_a_damaged_file_says_what_to_do_and_is_kept(tmp_path):
    path = tmp_path / "state.json"
    path.write_text("{")
    with pytest.raises(NotReady, match="Delete it"):
        State(path).get("k")
    assert path.read_text() == "{"


def test_deleting_what_is_not_there_is_no_error(tmp_path):
    state = State(tmp_path / "state.json")
    state["a"] = 1
    del state["a"]
    del state["a"]
    assert list(state) == [] and "a" not in state


def test_two_kernels_writing_at_once_lose_nothing(tmp_path):
    program = (
        "import sys; from helpers.state import State; s = State(__import__('pathlib').Path(sys.argv[1]));"
        "[s.__setitem__(f'{sys.argv[2]}-{i}', i) for i in range(20)]"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path / "state.json", name]) for name in "ab"
    ]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert len(list(State(tmp_path / "state.json"))) == 40


def test_two_kernels_that_count_never_get_the_same_number(tmp_path):
    program = (
        "import sys; from helpers.state import State; s = State(__import__('pathlib').Path(sys.argv[1]));"
        "print(*[s.count('visitors') for _ in range(20)])"
    )
    counts = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path / "state.json"], stdout=subprocess.PIPE, text=True)
        for _ in "ab"
    ]
    numbers = [int(number) for process in counts for number in process.communicate()[0].split()]
    assert sorted(numbers) == list(range(1, 41))


def test_a_change_that_fails_changes_nothing(tmp_path):
    state = State(tmp_path / "state.json")
    state["k"] = "three"
    with pytest.raises(ValueError, match="three"):
        state.count("k")
    assert state["k"] == "three"
