"""The workflow on GitHub does what `make test` does, on every Python that the project names; other hosts set up alike."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
FILES = (ROOT / ".github" / "workflows").glob("*.yml")
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
JOBS = WORKFLOWS["tests"]["jobs"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_it_runs_the_parts_of_make_test():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", makefile, re.M)[1].replace("$(BIN)", ".venv/bin")
    parts = [line.strip() for line in recipe.splitlines()]
    set_up, *rest = commands("tests")
    assert set_up == "make .venv/.ready"
    leg = rest[-1].replace("${{ matrix.notebooks }}", "--nbval").replace(" --ignore=tests/browser", "")
    assert [*rest[:-1], leg] == parts


def test_one_python_compares_outputs_and_the_others_run_the_cells():
    legs = {leg["python"]: leg["notebooks"] for leg in JOBS["tests"]["strategy"]["matrix"]["include"]}
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert legs.pop(oldest) == "--nbval"
    assert sorted(legs) == ["3.12", "3.13"] and set(legs.values()) == {"--nbval-lax"}


def test_what_the_first_job_leaves_out_has_a_job_of_its_own():
    assert commands("browser")[-1].endswith("pytest tests/browser")
    assert JOBS["browser"]["steps"][-1]["env"] == {"REQUIRE_BROWSER": "1"}


def test_every_workflow_may_only_read_and_ends_by_itself():
    for workflow in WORKFLOWS.values():
        assert workflow["permissions"] == {"contents": "read"}
        assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_hosted_environments_are_set_up_as_every_other():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["postCreateCommand"] == "make .venv/.ready"
    script = ROOT / ".binder" / "postBuild"
    assert "\nmake .venv/.ready\n" in script.read_text(encoding="utf-8") and os.access(script, os.X_OK)


def test_the_citation_names_version_and_licence_of_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])
    [author] = citation["authors"]
    assert f"Copyright (c) 2026 {author['name']}\n" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_errors_that_the_readme_answers_are_raised_somewhere():
    questions = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Questions")[2]
    for words, file in {
        "Python 3.11 or newer is needed; this is ": "Makefile",
        ", but the model in use is ": "helpers/model_match.py",
        " does not exist offline": "helpers/local/session.py",
        "SignInAgain": "helpers/outages.py",
    }.items():
        assert words in questions and words in (ROOT / file).read_text(encoding="utf-8"), words
