"""The sample: as readers bring it, the same each time, and made whole or not at all."""

from __future__ import annotations

import pytest

from helpers.event_log import read_event_log
from helpers.interactions import check_minimums, remap_to_clusters
from helpers.library import read_library
from helpers.sample_folder import COLUMNS, EVENT_TYPES, make_sample
from helpers.settings import SHIPPED_DATA


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return make_sample(SHIPPED_DATA, tmp_path_factory.mktemp("sample") / "own")


def test_it_is_a_mixture_without_labels(sample):
    library = read_library(sample.pictures)
    assert 250 < len(library.pictures) < 350
    assert set(library.report["outcome"]) == {"taken", "same as", "left out"}
    assert library.pictures["kind"].str.split().str[0].nunique() >= 6
    assert library.pictures.index.str.fullmatch(r"20\d\d/(IMG_\d{4}|pixel)\.\w+").all()
    assert not set(library.pictures.index) & set(read_library(sample.later_pictures).pictures.index)


def test_its_log_is_enough_to_train_on_and_has_rows_that_fit_nowhere(sample):
    library = read_library(sample.pictures)
    log = read_event_log(sample.events, library.pictures.index, columns=COLUMNS, event_types=EVENT_TYPES)
    assert check_minimums(remap_to_clusters(log.events, dict.fromkeys(library.pictures.index, "1")))["interactions"] > 5000
    assert len(log.report) == 5 and set(log.events["event_type"]) == {"view", "favorite", "download"}


def test_it_is_made_once_and_a_killed_run_leaves_none(sample, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in sample.pictures.rglob("*")}
    assert make_sample(SHIPPED_DATA, sample.pictures.parent) == sample
    assert {path: path.stat().st_mtime_ns for path in sample.pictures.rglob("*")} == before
    with pytest.raises(FileNotFoundError):
        make_sample(tmp_path / "no data", tmp_path / "own")
    assert not (tmp_path / "own").exists()
