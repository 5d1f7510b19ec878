"""Walks in processes of their own: killed and run again, two at a time on one folder; nothing is lost or made twice.

`make soak` kills two hundred.
"""

from __future__ import annotations

import pytest
from soak.kills import RESOURCES, Lab, Plan, inventory
from soak.runs import log
from soak.steps import small_data, walk

from helpers.workshop import Workshop

PLANS = [
    Plan((("torn", 0.44),), again=False),  # while OpenSearch writes
    Plan((("step", 0.15), ("step", 0.3)), again=False),  # while pictures are embedded, then before a job is noted
    Plan((("time", 0.6),), again=False),
    Plan((("step", 0.8),), again=False),  # while Personalize's resources are made
    Plan((("torn", 0.5),), again=True),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("walks")) as lab:
        yield lab


def test_five_killed_walks_end_as_an_undisturbed_one(lab):
    verdicts = [lab.trial(plan) for plan in PLANS]
    assert {str(verdict.plan): verdict.problems for verdict in verdicts if verdict.problems} == {}
    assert sum(verdict.n_killed for verdict in verdicts) >= 5


def test_two_walks_at_once_find_the_same_and_make_nothing_twice(lab):
    folder, results = lab.copy("new", "shared"), ("result-1.json", "result-2.json")
    processes = [lab.runs.start(folder, result) for result in results]
    for process, result in zip(processes, results, strict=True):
        assert lab.runs.wait(process) == 0, log(folder, result)
    for result in results:
        assert lab.differences(folder, result) == []


class BeatenToIt:
    """A client of Personalize that finds, whenever it creates something, that another kernel has just created the same."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        method = getattr(self._client, name)
        if not name.startswith("create_"):
            return method

        def after_the_other(**arguments):
            method(**arguments)
            return method(**arguments)

        return after_the_other


def test_whoever_comes_second_takes_what_the_first_one_made(tmp_path, monkeypatch):
    small_data(tmp_path / "beaten")
    genuine = Workshop.client
    monkeypatch.setattr(
        Workshop, "client",
        lambda aws, service: BeatenToIt(genuine(aws, service)) if service == "personalize" else genuine(aws, service),
    )  # fmt: skip
    walk(tmp_path / "beaten", 60)
    monkeypatch.undo()
    found = inventory(tmp_path / "beaten")
    assert [found[kind] for kind in (*RESOURCES, "training jobs")] == [1] * (len(RESOURCES) + 1)
