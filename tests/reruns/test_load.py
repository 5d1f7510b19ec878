"""Thirty-two threads at once, in small; `make soak` asks thousands of queries of each."""

from soak.load import LOAD_EVERY, THREADS, load_trial


def test_threads_that_search_click_and_add_pictures_lose_nothing_and_see_whole_answers(tmp_path):
    found = load_trial(tmp_path / "load", LOAD_EVERY, seed=3)
    assert found["failed"] == {}
    assert found["done"]["search"] == found["good"] == THREADS * LOAD_EVERY
    assert found["events"] == 2 * THREADS and found["pictures"] == 4 * THREADS and found["done"]["move"] == 1
