"""Trials that kill the walk with SIGKILL at seeded moments, run it again to the end and compare with an undisturbed run.

A third of the moments are times, drawn uniformly over the length of a run. The others are aimed: right before the n-th
step that changes a file, half of these with half of the bytes written.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from soak.runs import Runs, kill_after, log, outcome
from soak.steps import small_data

from helpers.settings import read_settings
from helpers.workshop import Workshop, connect

TOLERANCE = 1e-6  # of scores
KINDS = ("time", "step", "torn")
_UNFINISHED = ("*.part", "*-journal", ".deleted-*", ".drafts/*")
RESOURCES = {  # of Personalize, by the end of the list operation's name: the member of its answer
    "dataset_groups": "datasetGroups",
    "schemas": "schemas",
    "datasets": "datasets",
    "dataset_import_jobs": "datasetImportJobs",
    "event_trackers": "eventTrackers",
    "solutions": "solutions",
    "solution_versions": "solutionVersions",
    "campaigns": "campaigns",
}


@dataclass(frozen=True)
class Plan:
    """When to kill: of each kill its kind, and its place in a run as a fraction.

    again : the walk was once finished before the first kill, so that it is reruns that are killed
    """

    kills: tuple[tuple[str, float], ...]
    again: bool

    def __str__(self) -> str:
        return ("rerun " if self.again else "") + " ".join(f"{kind}@{place:.4f}" for kind, place in self.kills)


@dataclass
class Verdict:
    """What is wrong after a trial; nothing where all is well. n_killed : runs that really died."""

    plan: Plan
    n_killed: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def plans(seed: int) -> Iterator[Plan]:
    """Plans without end, the same for the same seed: one to three kills in a row, a quarter of them of reruns."""
    random = Random(seed)
    while True:
        kinds = random.choices(KINDS, k=random.choice((1, 1, 2, 3)))
        yield Plan(tuple((kind, random.random()) for kind in kinds), again=random.random() < 0.25)


class Lab:
    """`with Lab(folder) as lab:` has a process that forks walks, and the outcome of an undisturbed one to compare with."""

    def __init__(self, folder: Path):
        self._folder = folder

    def __enter__(self) -> Lab:
        self.runs = Runs().__enter__()
        small_data(self._folder / "new")
        reference = self.copy("new", "finished")
        first = self._measured(reference)
        self.expected, self.inventory = outcome(reference), inventory(reference)
        self._lengths = {False: first, True: self._measured(self.copy("finished", "again"))}
        return self

    def _measured(self, folder: Path) -> tuple[int, float]:
        """How many steps that change a file an undisturbed walk has, and its seconds."""
        start = time.monotonic()
        if (status := self._run(folder)) != 0:
            raise RuntimeError(f"the undisturbed walk ended with {status}: {log(folder)}")
        return outcome(folder)["changes"], time.monotonic() - start

    def __exit__(self, *_) -> None:
        self.runs.__exit__()

    def trial(self, plan: Plan) -> Verdict:
        """What is wrong after these kills and a run to the end. A folder with problems stays, others are deleted."""
        start, verdict = time.monotonic(), Verdict(plan)
        folder = self.copy("finished" if plan.again else "new", f"trial-{time.monotonic_ns()}")
        n_vectors = 0
        for kind, place in plan.kills:
            verdict.n_killed += self._run(folder, kind, place, plan.again) == -signal.SIGKILL
            kept = cached_vectors(folder)
            if kept < n_vectors:
                verdict.problems.append(f"{n_vectors} vectors were cached, {kept} after a kill")
            n_vectors = kept
            verdict.problems += lost_clicks(folder)
        status = self._run(folder)
        if status != 0:
            verdict.problems.append(f"the last run ended with {status}: {log(folder)}")
        else:
            verdict.problems += self.differences(folder, n_killed=verdict.n_killed)
        verdict.seconds = time.monotonic() - start
        if not verdict.problems:
            shutil.rmtree(folder)
        return verdict

    def differences(self, folder: Path, result: str = "result.json", *, n_killed: int = 0) -> list[str]:
        """What a walk found otherwise, made twice, lost or left behind, in words."""
        seen, found = outcome(folder, result), inventory(folder)
        problems = [f"other {name}" for name in ("vectors", "clusters") if seen[name] != self.expected[name]]
        for query, answer in self.expected["answers"].items():
            ids, scores = zip(*answer, strict=True)
            other_ids, other_scores = zip(*seen["answers"][query], strict=True)
            if ids != other_ids:
                problems.append(f"{query}: other pictures")
            elif max(abs(a - b) for a, b in zip(scores, other_scores, strict=True)) > TOLERANCE:
                problems.append(f"{query}: other scores")
        # A run killed between starting a job and noting its name starts another: AWS knows no name to ask for.
        extra = found.pop("training jobs") - self.inventory["training jobs"]
        if not 0 <= extra <= n_killed:
            problems.append(f"{extra} training jobs more after {n_killed} kills")
        problems += [f"{name}: {n}, not {self.inventory[name]}" for name, n in found.items() if n != self.inventory[name]]
        return problems + lost_clicks(folder) + leftovers(folder)

    def _run(self, folder: Path, kind: str = "", place: float = 0, again: bool = False) -> int:
        """The exit status of one walk, killed at a place of its length: minus SIGKILL if it died of that."""
        steps, seconds = self._lengths[again] if kind else (0, 0)
        die_at = 1 + int(place * steps) if kind in ("step", "torn") else None
        process = self.runs.start(folder, die_at=die_at, torn=kind == "torn")
        if kind == "time":
            kill_after(process, place * seconds)
        return self.runs.wait(process)

    def copy(self, source: str, target: str) -> Path:
        """A copy of the folder "new", which has data only, or "finished", with all that the undisturbed walk made."""
        return Path(shutil.copytree(self._folder / source, self._folder / target, symlinks=True))


def cached_vectors(folder: Path) -> int:
    """How many vectors are kept for good; what was cached once must never get fewer."""
    path = folder / "offline" / "vectors.sqlite"
    if not path.exists():
        return 0
    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'vectors'").fetchone()[0]
        return database.execute("SELECT count(*) FROM vectors").fetchone()[0] if tables else 0
    finally:
        database.close()


def lost_clicks(folder: Path) -> list[str]:
    """Clicks that Personalize had accepted and does not know any more."""
    file = folder / "acknowledged.jsonl"
    accepted = [tuple(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
    lines = (line for log in (folder / "offline/cloud/personalize/events").glob("*.jsonl") for line in log.open("rb"))
    known = {(event["userId"], event["itemId"]) for event in map(json.loads, (line for line in lines if line.endswith(b"\n")))}
    return [f"lost: {click}" for click in accepted if click not in known]


def inventory(folder: Path) -> dict[str, object]:
    """How many of each resource there are, and what tells files apart that must be the same."""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder)}))
    personalize = aws.client("personalize")
    counts: dict[str, object] = {
        kind: len(getattr(personalize, f"list_{kind}")()[member])
        for kind, member in RESOURCES.items()
    }
    counts["training jobs"] = len(aws.client("sagemaker").list_training_jobs(MaxResults=100)["TrainingJobSummaries"])
    counts["documents"] = aws.opensearch.count(index=aws.index_name)["count"]
    counts["objects"] = sorted(key for key in _keys(aws) if "/models/" not in key)
    counts["vector bytes"] = sum(file.stat().st_size for file in (folder / "offline/cloud/opensearch").rglob("*.float32"))
    counts["cached vectors"] = cached_vectors(folder)
    return counts


def _keys(aws: Workshop) -> list[str]:
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=aws.bucket)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def leftovers(folder: Path) -> list[str]:
    """Files that a killed run began and nobody finished or removed."""
    found = {str(path.relative_to(folder)) for pattern in _UNFINISHED for path in (folder / "offline").rglob(pattern)}
    return [f"left behind: {path}" for path in sorted(found)]
