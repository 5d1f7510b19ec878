"""Trials that stop a clean-up at seeded points, run it again, and look for what is left: nothing of ours, all of others.

A clean-up has two kinds of points: its calls of AWS, before each of which and after each of which something may happen, and
its steps that change a file of the offline account, before each of which the process may be killed.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from botocore.exceptions import EndpointConnectionError
from full_account import furnish, move_in_next_door, next_door, workshop_in
from soak.moments import Moments

from helpers.cleanup import delete_everything, inventory, inventory_by_tag
from helpers.local.errors import ServiceError
from helpers.outages import SignInAgain
from helpers.waiting import WaitError
from helpers.workshop import Workshop

TESTS = Path(__file__).resolve().parents[1]
# interrupt: before a call reaches AWS. lost: after AWS has done it, so that nobody learns of it. killed: SIGKILL.
KINDS = ("interrupt", "lost", "expired", "throttled", "offline", "killed")


@dataclass(frozen=True)
class Plan:
    """What stops each run but the last, and where, as a fraction of a run's length."""

    stops: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        return " ".join(f"{kind}@{place:.3f}" for kind, place in self.stops)


@dataclass
class Verdict:
    """What is wrong after a trial; nothing where all is well. n_stopped : runs that really ended early."""

    plan: Plan
    n_stopped: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def plans(seed: int) -> Iterator[Plan]:
    """Plans without end, the same for the same seed: one to three stops in a row, each kind as often as the others."""
    random = Random(seed)
    for number in count():
        kinds = [KINDS[number % len(KINDS)], *random.choices(KINDS, k=random.choice((0, 0, 1, 2)))]
        yield Plan(tuple((kind, random.random()) for kind in kinds))


class Lab:
    """A full account with neighbours, to be copied for each trial, and how long an undisturbed clean-up of it is."""

    def __init__(self, folder: Path):
        self._folder, self._full = folder, folder / "full"
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            move_in_next_door(self._full)
            self._theirs = next_door(self._full)
            furnish(workshop_in(self._full))
            measured = Path(shutil.copytree(self._full, folder / "measured"))
            self._steps = int(_in_a_process(measured, None).stdout.split()[-1])
            calls = _Disturbed(workshop_in(Path(shutil.copytree(self._full, folder / "counted"))))
            calls.run()
            self._calls = calls.n

    def trial(self, plan: Plan) -> Verdict:
        """What is left of ours, or missing of others', after these stops and a run to the end."""
        start, verdict = time.monotonic(), Verdict(plan)
        folder = Path(shutil.copytree(self._full, self._folder / f"trial-{time.monotonic_ns()}"))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for kind, place in plan.stops:
                verdict.n_stopped += self._stop(folder, kind, place)
            aws = workshop_in(folder)
            left = delete_everything(aws, with_stack=True)
            verdict.problems += [f"not deleted: {thing.label}: {thing.reason}" for thing in left]
            verdict.problems += [f"left by name: {thing.label}" for thing in inventory(aws)]
            verdict.problems += [f"left by tag: {thing.label}" for thing in inventory_by_tag(aws)]
            verdict.problems += [f"left in the state: {key}" for key in aws.state]
            if (theirs := next_door(folder)) != self._theirs:
                verdict.problems.append(f"the neighbours had {self._theirs} and have {theirs}")
        verdict.seconds = time.monotonic() - start
        if not verdict.problems:
            shutil.rmtree(folder)
        return verdict

    def _stop(self, folder: Path, kind: str, place: float) -> bool:
        """Whether a run of the clean-up, stopped in this way at this place of its length, really ended early."""
        if kind == "killed":
            return _in_a_process(folder, 1 + int(place * self._steps)).returncode == -signal.SIGKILL
        disturbed = _Disturbed(workshop_in(folder), kind, 1 + int(place * self._calls))
        try:
            disturbed.run()
        except (KeyboardInterrupt, SignInAgain, WaitError):
            return True
        return False


class _Disturbed:
    """A clean-up whose call number `at` meets something; n : how many calls there were."""

    def __init__(self, aws: Workshop, kind: str = "", at: int = 0):
        self._aws, self._kind, self._at, self.n = aws, kind, at, 0
        aws.session._faults = self._fault
        aws.session.events.register("after-call", self._after, unique_id="disturbed")

    def run(self) -> None:
        delete_everything(self._aws, with_stack=True)

    def _fault(self, service: str, operation: str) -> ServiceError | EndpointConnectionError | None:
        self.n += 1
        if self._kind == "interrupt" and self.n == self._at:
            raise KeyboardInterrupt
        if self._kind == "expired" and self.n >= self._at:
            return ServiceError("ExpiredTokenException", "The security token included in the request is expired")
        if self._kind == "throttled" and self._at <= self.n < self._at + 12:  # one more than botocore's own patience
            return ServiceError("ThrottlingException", "Rate exceeded", 429)
        if self._kind == "offline" and self.n >= self._at:
            return EndpointConnectionError(endpoint_url=f"https://{service}")
        return None

    def _after(self, **_: Any) -> None:
        if self._kind == "lost" and self.n >= self._at:
            self._kind = ""
            raise KeyboardInterrupt


def _in_a_process(folder: Path, die_at: int | None) -> subprocess.CompletedProcess[str]:
    """A clean-up in a process of its own, killed before step number `die_at`; its last word is how many steps it took."""
    command = [sys.executable, "-m", "soak.clean_ups", str(folder), *([str(die_at)] if die_at else [])]
    return subprocess.run(command, cwd=TESTS, capture_output=True, text=True, start_new_session=True, check=False)


def main(folder: str, die_at: str = "") -> None:
    moments = Moments(Path(folder) / "offline", int(die_at) if die_at else None, torn=False)
    delete_everything(workshop_in(Path(folder)), with_stack=True)
    print(moments.passed)


if __name__ == "__main__":
    main(*sys.argv[1:])
