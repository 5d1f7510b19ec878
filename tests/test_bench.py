"""The benchmark's own arithmetic: ratios, bars, growth, the table. `make bench` measures."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.bench import fusion, jittered
from benchmarks.figures import Figure, growth, table
from benchmarks.many_events import measure
from benchmarks.on_disk import chunks, exact, measured_apart
from benchmarks.pictures import drawing, embedding
from benchmarks.whole import set_up

from helpers.settings import read_settings
from helpers.workshop import connect


def test_a_figure_is_judged_by_its_ratio():
    kept, missed = (Figure("k-NN", 3, "ms", ours, 2.0, "faiss", 1.5) for ours in (3.0, 3.1))
    assert (kept.ratio, kept.verdict, missed.verdict) == (1.5, "ok", "MISSED")
    assert Figure("k-NN", 3, "ms", 9.0, 1.0, "faiss").verdict == ""


def test_growth_compares_the_largest_size_with_the_smallest():
    [figure] = growth("a picture", {300: 2e-6, 3: 1e-6, 30: 9e-6})
    assert figure.ratio == pytest.approx(2) and figure.verdict == "MISSED" and figure.n == 300


def test_the_table_shows_each_figure_with_its_reference():
    lines = table([Figure("k-NN", 3000, "ms", 3.0, 2.0, "faiss", 2)]).splitlines()
    assert lines[1].split() == ["k-NN", "3,000", "3.000", "2.000", "ms", "1.50", "2", "ok", "faiss"]


def test_jittered_vectors_stay_unit_vectors_near_those_they_come_from():
    real = np.eye(4, 1024, dtype=np.float32)
    made = jittered(real, 50, seed=1)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert (made @ real.T).max(axis=1).min() > 0.9


def test_a_figure_is_measured():
    [figure] = fusion(20)
    assert figure.ours > 0 and figure.reference > 0 and figure.n == 20


def test_vectors_on_disk_are_measured_in_a_process_of_their_own():
    pictures = jittered(np.eye(40, 64, dtype=np.float32), 40, seed=3)
    figures = {figure.what: figure for figure in measured_apart(pictures, 500)}
    memory = figures["on_disk: anonymous memory, most"]
    assert 0.05 < memory.ours < 1 and (memory.bar, memory.unit) == (1, "GB")
    assert figures["on_disk k=10 x100: missed of recall@10"].ours == 0  # 1,000 candidates of 500
    assert sum(figure.bar == 10 for figure in figures.values()) == 1


def test_the_nearest_are_those_of_all_chunks(monkeypatch):
    monkeypatch.setattr("benchmarks.on_disk.CHUNK", 30)
    pictures = np.eye(4, 16, dtype=np.float32)
    vectors = np.concatenate(list(chunks(pictures, 100)))
    order = np.argsort(((vectors - pictures[0]) ** 2).sum(1))[:10]
    assert len(vectors) == 100 and exact(pictures, 100, pictures[:1]) == [set(order.astype(str))]


def test_remap_and_import_are_timed_step_by_step_and_every_event_arrives(tmp_path):
    found = measure(1200, tmp_path)
    assert min(found.values()) > 0 and found.keys() == {"remap", "upload", "import", "gb"}
    [imported] = tmp_path.glob("offline/**/personalize/datasets/*.csv")
    assert len(imported.read_text().splitlines()) == 1201


def test_without_a_package_index_the_set_up_is_not_measured_and_the_rest_goes_on(tmp_path, capsys):
    """The set-up is told to take its packages from a folder that is not there."""
    assert list(set_up(tmp_path, f"WHEELS={tmp_path / 'none'}")) == []
    assert "The set-up is not measured" in capsys.readouterr().out and not (tmp_path / "venv").exists()


def test_pictures_are_drawn_and_embedded_at_each_size(tmp_path):
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))
    for figures in (list(drawing([1, 2])), list(embedding(aws, tmp_path / "pictures", [2, 4]))):
        assert [figure.n for figure in figures] == [figures[0].n, figures[1].n, figures[1].n]
        assert all(figure.ours > 0 and figure.reference > 0 for figure in figures)
        assert figures[-1].bar == 1.3 and figures[-1].ours == pytest.approx(1000 * figures[1].ours)
