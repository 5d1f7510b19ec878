"""Bars count, and leave nothing behind that changes from run to run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from helpers.progress import progress

ROOT = str(Path(__file__).parents[1])
COUNT_BARS = """import time
import IPython.display
from helpers import progress as module
module.PATIENCE, shown, display = 0.02, [], IPython.display.display
IPython.display.display = lambda *given, **options: shown.append(given) or display(*given, **options)"""
LOOP = """for i in module.progress(range(8), "pictures"):
    time.sleep(0.01)
print(i)"""
BREAK = """for i in module.progress(iter("abcdefgh"), "letters", total=8):
    time.sleep(0.01)
    if i == "f":
        break
print(i)"""
WAIT = """from helpers.waiting import wait_until
steps = iter(["PENDING", "ACTIVE"])
answer = wait_until(lambda: {"status": next(steps)}, {"ACTIVE"}, what="campaign", seconds=0.1)"""
CELLS = {COUNT_BARS: "", LOOP: "7\n", BREAK: "f\n", WAIT: "campaign: ACTIVE\n", "print(len(shown))": "3\n"}


def test_items_pass_unchanged():
    assert list(progress("abc", "letters")) == ["a", "b", "c"]
    assert list(progress((n for n in range(3)), "numbers")) == [0, 1, 2]


def test_short_work_shows_no_bar(capsys):
    list(progress(range(1000), "numbers"))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_on_stderr_and_wipes_it(capsys, monkeypatch):
    monkeypatch.setattr("helpers.progress.PATIENCE", 0)
    for _ in progress(range(3), "pictures"):
        time.sleep(0.12)
    out, err = capsys.readouterr()
    assert out == ""
    assert "pictures" in err
    assert err.endswith("\r")
    assert err.split("\r")[-2].strip() == "", "the last thing written over the bar is blanks"


def test_an_error_in_the_loop_passes_through(monkeypatch):
    monkeypatch.setattr("helpers.progress.PATIENCE", 0)

    def work():
        for n in progress(range(3), "numbers"):
            1 / (n - 1)

    with pytest.raises(ZeroDivisionError):
        work()


def test_bars_in_a_notebook_leave_nothing_for_the_strict_comparison(tmp_path):
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for count, (source, text) in enumerate(CELLS.items(), start=1):
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []
        notebook.cells.append(nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=count))
    file = tmp_path / "bars.ipynb"
    nbformat.write(notebook, file)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--nbval",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        tmp_path,
        file,
    ]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([ROOT, os.environ.get("PYTHONPATH", "")])}
    result = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, timeout=120, env=environment
    )
    assert result.returncode == 0, result.stdout
    assert "5 passed" in result.stdout
