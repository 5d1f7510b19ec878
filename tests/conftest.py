"""Every run of the tests: a data folder of its own, no AWS settings, and a guard at the door of the network."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

import pytest

GUARD = Path(__file__).parent / "guard"
FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "WORKSHOP_", "OPENSEARCH_"))]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="workshop-tests-"))
    config.stash[FOLDER] = folder
    os.environ["WORKSHOP_DATA"] = str(folder / "data")
    os.environ["WORKSHOP_SOCKET_LOG"] = str(folder / "sockets.log")
    # Kernels and child processes inherit the guard through PYTHONPATH; this process loads it here.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))
    spec = importlib.util.spec_from_file_location("socket_guard", GUARD / "sitecustomize.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _violations(config: pytest.Config) -> list[str]:
    log = config.stash[FOLDER] / "sockets.log"
    return log.read_text().splitlines() if log.exists() else []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Tests and notebooks that all pass still fail the run when anything reached for the network."""
    if _violations(session.config) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if found := _violations(config):
        terminalreporter.section("the network was reached for")
        for line in sorted(set(found)):
            terminalreporter.write_line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)
