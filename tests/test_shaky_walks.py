"""Walks that meet faults on purpose: those that pass are walked through, the others stop with a reason and are resumed."""

from __future__ import annotations

import re

import pytest
from small_walk import walk
from soak import steps
from soak.kills import RESOURCES, inventory, leftovers

from helpers.disk import DiskError
from helpers.local import cloud
from helpers.settings import read_settings
from helpers.waiting import WaitFailed
from helpers.workshop import connect


@pytest.fixture
def met(monkeypatch):
    """The faults that the clouds of a test have met, by kind."""
    made = []

    class Kept(cloud.PlannedFaults):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(cloud, "PlannedFaults", Kept)
    return lambda kind: sum(faults.met[kind] for faults in made)


def test_a_third_of_all_calls_may_fail(tmp_path, met):
    """Every helper that talks to AWS, under 30 % throttling, 5 % server errors, some timeouts and stale searches."""
    faults = "throttling=0.3,server=0.05,timeouts=0.02,bulk=0.3,stale=2,seed=1"
    walk(connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_FAULTS": faults})))
    assert met("throttling") > 100 and met("server") > 10 and met("timeouts") > 3 and met("bulk") > 5


PERMANENT = {
    "training": (WaitFailed, "K-Means with 60 clusters: Failed. InternalServerError: .* then run this cell again"),
    "imports": (WaitFailed, "CREATE FAILED. .*Insufficient privileges .* Correct the file or the role, then run this cell again"),
    "versions": (WaitFailed, "solution version .*: CREATE FAILED. Create failed. .* then run this cell again"),
    "full_disk": (DiskError, "Free some space, then run this cell again"),
}


def test_what_fails_for_good_stops_with_its_reason_and_is_resumed(tmp_path, met):
    """A walk of a new kernel after every stop; each stop is one of these, each of these stops it once."""
    steps.small_data(tmp_path)
    (tmp_path / "workshop.toml").write_text(f'faults = "{"=1,".join(PERMANENT)}=1,seed=12"\n')
    seen = []
    for _ in range(len(PERMANENT) + 1):
        try:
            walked = steps.walk(tmp_path, 60)
            break
        except (WaitFailed, DiskError) as stopped:
            reasons = ((kind, *reason) for kind, reason in PERMANENT.items())
            seen += [kind for kind, error, words in reasons if type(stopped) is error and re.search(words, str(stopped))]
    assert sorted(seen) == sorted(PERMANENT) and {kind: met(kind) for kind in PERMANENT} == dict.fromkeys(PERMANENT, 1)
    found = inventory(tmp_path)
    # One more of what failed, the failed one; of everything else one.
    twice = {"training jobs": 2, "dataset_import_jobs": 2, "solution_versions": 2}
    assert {kind: found[kind] for kind in (*RESOURCES, "training jobs")} == dict.fromkeys(RESOURCES, 1) | twice
    assert found["documents"] == found["cached vectors"] - 1 == len(walked.catalog)  # one vector is the model's check
    assert leftovers(tmp_path) == []
