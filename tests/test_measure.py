"""`make measure` in small: the form of its file, and its controls. 300 people and a third of the pictures teach little."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from helpers.rivals import METHODS
from helpers.settings import REPOSITORY

FIGURES = {"ndcg12", "low", "high", "subject", "style"}


def measure(folder):
    script = REPOSITORY / "tests" / "benchmarks" / "measure.py"
    small = ["1", "--askers", "20", "--users", "300", "--pictures", "5", "--k", "200", "--folder", str(folder)]
    subprocess.run([sys.executable, str(script), *small], check=True, capture_output=True, cwd=REPOSITORY)
    return json.loads((folder / "measurements-1.json").read_text())


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    return measure(tmp_path_factory.mktemp("measured"))


def test_the_file_has_the_promised_form(measured):
    assert measured.keys() == {"gentle", "harsh", "about"}
    for population in ("gentle", "harsh"):
        assert measured[population].keys() == {"plain", "co_taste"}
        for methods in measured[population].values():
            assert list(methods) == list(METHODS)
            for row in methods.values():
                assert row.keys() >= FIGURES and row["low"] <= row["ndcg12"] <= row["high"]


def test_anonymous_is_generic_in_every_figure(measured):
    for population in ("gentle", "harsh"):
        for methods in measured[population].values():
            assert methods["anonymous"] == methods["generic"]


def test_even_a_small_gentle_population_teaches_taste_and_controls_teach_nothing(measured):
    methods = measured["gentle"]["plain"]
    for other in ("generic", "shuffled", "random"):
        assert methods["ours"]["ndcg12"] > methods[other]["ndcg12"] + 0.4
    held_out = measured["about"]["held_out"]["gentle"]
    assert held_out["ours"]["ndcg10"] > 2 * held_out["popularity"]["ndcg10"]
    assert measured["about"]["drift"]["gentle"][0] < 0.1
