"""Whatever breaks what a reader sees, or a rule of the house, turns `make test` red: shown on a small copy."""

from __future__ import annotations

import json
import os
import queue
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from mutation.mutations import AFTER_THE_WALK, MUTATIONS, RUFF, SAYS, START, Mutation
from mutation.small_copy import Outcome, SmallCopy

WORKERS = 2  # each with a copy of its own; a kernel keeps one core busy
WALK = ("notebooks/01_embed_images.ipynb", "notebooks/02_cluster_images.ipynb")
TESTS = sorted({mutation.runs for mutation in MUTATIONS if mutation.runs.startswith("tests/")})
CONTROLS = {"tests": TESTS, "ruff": [RUFF], "notebook 00": [START], "notebooks after the walk": AFTER_THE_WALK}
Job = Callable[[SmallCopy], Outcome]


def walked(copy: SmallCopy, folder: Path) -> Path:
    """The folder, with what notebooks 01 and 02 make: taken from this run of pytest, when its notebooks came first."""
    done = Path(os.environ["WORKSHOP_DATA"])
    state = done / "offline" / "state.json"
    if state.exists() and json.loads(state.read_text(encoding="utf-8")).keys() >= {"vectors", "clusters", "k", "campaign_arn"}:
        shutil.copytree(done, folder)
    else:
        made = copy.run(*WALK, data=folder, keep=True)
        assert made.status == 0, made.output
    return folder


def mutate(copy: SmallCopy, mutation: Mutation, data: Path | None) -> Outcome:
    mutation.change(copy)
    try:
        return copy.run(mutation.runs, data=data)
    finally:
        copy.restore()


@pytest.fixture(scope="module")
def outcomes(request, tmp_path_factory) -> Iterator[dict[str, Future[Outcome]]]:
    """What became of every control and mutation that was chosen, by name. They run beside each other."""
    params = [item.callspec.params for item in request.session.items if "outcomes" in getattr(item, "fixturenames", ())]
    controls = [values["control"] for values in params if "control" in values]
    mutations = [values["mutation"] for values in params if "mutation" in values]
    copies: queue.SimpleQueue[SmallCopy] = queue.SimpleQueue()
    for number in range(WORKERS):
        copies.put(SmallCopy(tmp_path_factory.mktemp(f"copy-{number}")))
    pool = ThreadPoolExecutor(WORKERS)

    def submit(job: Job) -> Future[Outcome]:
        def work() -> Outcome:
            copy = copies.get()
            try:
                return job(copy)
            finally:
                copies.put(copy)

        return pool.submit(work)

    def run(name: str, selection, mutation: Mutation | None = None) -> None:
        def job(copy: SmallCopy) -> Outcome:
            data = walk.result() if set(selection) & set(AFTER_THE_WALK) else None
            return mutate(copy, mutation, data) if mutation else copy.run(*selection, data=data)

        found[name] = submit(job)

    found: dict[str, Future[Outcome]] = {}
    wanted = [(name, CONTROLS[name]) for name in controls] + [(m.name, (m.runs,), m) for m in mutations]
    if any(set(selection) & set(AFTER_THE_WALK) for _, selection, *_ in wanted):
        walk = submit(lambda copy: walked(copy, tmp_path_factory.mktemp("walk") / "data"))
    # What needs the walk comes last, so that nothing waits for it meanwhile.
    for one in sorted(wanted, key=lambda one: bool(set(one[1]) & set(AFTER_THE_WALK))):
        run(*one)
    try:
        yield found
    finally:
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("control", CONTROLS)
def test_without_a_mutation_the_copy_is_green(control, outcomes):
    outcome = outcomes[control].result()
    assert outcome.status == 0, outcome.output


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_it_is_caught(mutation, outcomes):
    outcome = outcomes[mutation.name].result()
    assert outcome.status == 1, outcome.output  # 2 and more: pytest could not even begin
    if mutation.red.startswith(SAYS):
        assert mutation.red.removeprefix(SAYS) in outcome.output
    else:
        failed = [line.split(" - ")[0] for line in outcome.output.splitlines() if line.startswith("FAILED ")]
        assert any(mutation.runs in line and mutation.red in line for line in failed), outcome.output


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_it_changes_something_and_can_be_undone(mutation, copy):
    before = {path: path.read_bytes() for part in ("helpers", "notebooks") for path in (copy.root / part).rglob("*.[ip]*")}
    mutation.change(copy)
    changed = {path: path.read_bytes() for path in copy.changed}
    copy.restore()
    assert changed and all(path.read_bytes() != content for path, content in changed.items())
    assert all(path.read_bytes() == content for path, content in before.items())


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> SmallCopy:
    return SmallCopy(tmp_path_factory.mktemp("undone"))
