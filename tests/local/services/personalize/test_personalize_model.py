"""Rankers as files: what is loaded is what was saved, and another version of a file is noticed."""

import os

import numpy as np
import pytest

from helpers.local.engines.ranking import group_by_user, train
from helpers.local.services.personalize_model import RankerFiles
from helpers.local.store import Store


def ranker(seed):
    rng = np.random.default_rng(seed)
    users, items = rng.integers(0, 30, (2, 600)).astype(str)
    return train(*group_by_user(users, items, ["view"] * 600, range(600)))[0]


def test_a_loaded_ranker_has_the_utilities_of_the_saved_one(tmp_path):
    saved = ranker(0)
    RankerFiles(Store(tmp_path)).save("solution/version", saved)
    loaded = RankerFiles(Store(tmp_path)).load("solution/version")
    for user in ("3", "nobody", None):
        newer = [("4", "download"), ("5", "like")]
        np.testing.assert_array_equal(loaded.utilities(user, newer), saved.utilities(user, newer))


def test_a_file_is_read_once_and_again_only_when_it_has_changed(tmp_path):
    files, other = RankerFiles(Store(tmp_path)), RankerFiles(Store(tmp_path))
    files.save("v", ranker(0))
    first = files.load("v")
    assert files.load("v") is first
    other.save("v", ranker(1))
    [path] = tmp_path.rglob("*.npz")
    os.utime(path, ns=(1, 1))
    second = files.load("v")
    assert second is not first and (second.popularity != first.popularity).any()


def test_a_deleted_ranker_is_gone(tmp_path):
    files = RankerFiles(Store(tmp_path))
    files.save("v", ranker(0))
    files.delete("v")
    with pytest.raises(FileNotFoundError):
        files.load("v")
