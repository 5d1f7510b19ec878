"""A container: what the function may import there, what it is told, and that it answers line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.local.cloud import RUNNER
from helpers.local.lambda_runner import OnlyTheRuntime
from helpers.settings import REPOSITORY


@pytest.fixture
def run(tmp_path):
    """What a container answers to these events, with this code as its handler."""

    def ran(code: str, *events: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        (tmp_path / "task").mkdir(exist_ok=True)
        (tmp_path / "task" / "own.py").write_text(code)
        told = {"root": str(tmp_path / "cloud"), "weights": str(REPOSITORY / "seeds" / "titan_offline"), "region": "us-east-1",
                "flavour": "domain", "node": True, "code": str(tmp_path / "task"), "handler": "own.handle"}  # fmt: skip
        lines = "".join(json.dumps(event) + "\n" for event in events)
        command = [sys.executable, "-P", "-s", str(RUNNER), json.dumps(told)]
        return subprocess.run(command, input=lines, capture_output=True, text=True, env=env)

    return ran


def test_every_event_gets_one_line(run):
    done = run("def handle(event, context):\n    print('noise')\n    return {'twice': 2 * event['n']}\n", {"n": 1}, {"n": 2}, {})
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"answer": {"twice": 2}}, {"answer": {"twice": 4}}, {"raised": "KeyError"},
    ]  # fmt: skip
    assert done.stderr.count("noise") == 3 and "KeyError" in done.stderr


@pytest.mark.parametrize("library", ["pandas", "numpy", "helpers"])
def test_what_lambda_lacks_can_not_be_imported(run, library):
    done = run(f"import {library}\ndef handle(event, context): pass\n", {})
    assert done.returncode != 0 and f"No module named '{library}': the Lambda runtime lacks it" in done.stderr


def test_what_lambda_has_can(run):
    code = "import boto3, botocore.auth, dateutil, six, urllib3, json, sqlite3\ndef handle(event, context): return 'fine'\n"
    assert json.loads(run(code, {}).stdout) == {"answer": "fine"}


def test_its_clients_land_in_the_offline_account(run):
    code = "import boto3\ndef handle(event, context):\n    return boto3.client('sts').get_caller_identity()['Account']\n"
    assert json.loads(run(code, {}).stdout) == {"answer": "000000000000"}


def test_only_the_handlers_own_imports_are_watched(tmp_path):
    (tmp_path / "mine.py").write_text("")
    guard = OnlyTheRuntime(tmp_path)
    for name in ("mine", "json", "boto3", "numpy.linalg"):  # a part of what is there already is no new library
        assert guard.find_spec(name, None) is None
    with pytest.raises(ModuleNotFoundError, match="numpy"):
        guard.find_spec("numpy", None)
    assert Path(RUNNER).exists()
