"""Clean-ups that are stopped and run again: nothing of ours is left, and everything of the neighbours.

`make soak` stops twenty-four and more.
"""

from __future__ import annotations

from itertools import islice

from soak.clean_ups import KINDS, Lab, plans

N, SEED = 5, 7


def test_five_stopped_clean_ups_are_finished_by_the_next(tmp_path):
    lab = Lab(tmp_path)
    chosen = [plan for plan in islice(plans(SEED), len(KINDS)) if plan.stops[0][0] != "offline"][:N]
    assert {kind for plan in chosen for kind, _ in plan.stops} >= {"interrupt", "lost", "expired", "throttled", "killed"}
    verdicts = [lab.trial(plan) for plan in chosen]
    assert {str(verdict.plan): verdict.problems for verdict in verdicts if verdict.problems} == {}
    assert sum(verdict.n_stopped for verdict in verdicts) >= N - 1  # a throttle stops nothing
