"""State: what one notebook leaves for the next."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from helpers.embedder import UNLABELLED
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


TITAN, OTHER = UNLABELLED, "some/other-model/512"


def test_what_another_model_left_counts_as_missing_and_is_named(tmp_path):
    path = tmp_path / "state.json"
    State(path)["clusters"] = "clusters.csv"
    other = State(path, space=OTHER)
    assert "clusters" not in other and other.get("clusters") is None
    with pytest.raises(KeyError):
        other["clusters"]
    with pytest.raises(NotReady, match=rf"'clusters' was made with {TITAN}.*{OTHER}.*01 to 02 again.*WORKSHOP_EMBEDDER back"):
        other.require("clusters", made_in="02")
    assert State(path).require("clusters", made_in="02") == "clusters.csv"


def test_a_value_belongs_to_the_model_that_wrote_it_last(tmp_path):
    path = tmp_path / "state.json"
    State(path)["k"] = 400
    State(path, space=OTHER)["k"] = 100
    assert State(path, space=OTHER).require("k", made_in="02") == 100 and "k" not in State(path)


def test_a_file_without_labels_is_titan_s(tmp_path):
    """Versions that wrote none knew no other model."""
    path = tmp_path / "state.json"
    path.write_text('{"vectors": "vectors.npy"}')
    assert State(path).require("vectors", made_in="01") == "vectors.npy"
    with pytest.raises(NotReady, match=f"made with {TITAN}"):
        State(path, space=OTHER).require("vectors", made_in="01")


def test_cleaning_up_sees_what_every_model_left(tmp_path):
    path = tmp_path / "state.json"
    State(path)["a"] = 1
    State(path, space=OTHER)["b"] = 2
    state = State(path)
    assert sorted(state) == ["a", "b"]
    for key in list(state):
        del state[key]
    assert list(State(path, space=OTHER)) == [] and json.loads(path.read_text()) == {"made_with": {}}


def test_numbers_go_on_whatever_the_model(tmp_path):
    path = tmp_path / "state.json"
    assert [State(path, space=space).count("visitors") for space in (TITAN, OTHER, TITAN)] == [1, 2, 3]
