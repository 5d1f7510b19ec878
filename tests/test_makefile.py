"""`make` tells what it can do, and does what CI does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.M)[1].split())


def recipe_of(target: str) -> str:
    return re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)[1]


def test_make_alone_lists_every_command_with_a_line_of_help():
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = dict(re.findall(r"^make (\S+) +(\S.+)$", done.stdout, re.M))
    assert listed.keys() == COMMANDS
    assert all(len(words.split()) >= 3 for words in listed.values())


def test_every_command_has_a_recipe_and_is_no_file():
    targets = set(re.findall(r"^([a-z]+):(?!=)", MAKEFILE, re.M))
    assert targets == COMMANDS
    assert not [target for target in targets if (ROOT / target).is_file()]


def test_make_test_lints_checks_types_and_runs_tests_and_notebooks():
    recipe = recipe_of("test")
    for part in ("ruff check .\n", "mypy\n", "pytest tests notebooks ", " --nbval "):
        assert part in recipe


def test_ci_runs_make_test():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^(exec )?make test\b", script, re.M)


def test_a_set_up_from_wheels_asks_no_index_anywhere(tmp_path):
    def set_up(*settings):
        command = ["make", "--dry-run", "--always-make", ".venv/.ready", *settings]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return [line for line in done.stdout.splitlines() if "pip install" in line]

    offline = f'--no-index --find-links "{tmp_path}"'
    assert len(set_up()) == 3 and not any("--no-index" in line for line in set_up())
    assert all(offline in line for line in set_up(f"WHEELS={tmp_path}"))


def test_a_folder_of_wheels_that_is_not_there_is_named(tmp_path):
    """The set-up is pointed at a virtual environment that is nowhere; it must stop before it makes one."""
    command = ["make", f"VENV={tmp_path / 'venv'}", f"WHEELS={tmp_path / 'none'}", f"{tmp_path / 'venv'}/.ready"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode and "make wheels" in done.stderr + done.stdout
    assert not (tmp_path / "venv").exists()


def test_wheels_are_fetched_for_known_machines_only(tmp_path):
    done = subprocess.run([ROOT / ".ci" / "wheels", "3.12", "amiga", tmp_path], capture_output=True, text=True)
    assert done.returncode and "linux" in done.stderr and "macos" in done.stderr
    machines = re.search(r"^MACHINES \?= (.+)$", MAKEFILE, re.M)[1].split()
    assert set(machines) == set(re.findall(r"^  (\w+)\) ", (ROOT / ".ci" / "wheels").read_text(encoding="utf-8"), re.M))
