"""The walk: notebooks out of order say what to run, and the closing figures count what they claim."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellExecutionError

from helpers.catalog import load_catalog
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.walk import NOTEBOOKS, alone_in, execute, mean_of, notebooks_to_run, report
from helpers.workshop import connect

NEEDED = {"02": "01", "03": "01", "04": "02", "05": "04", "06": "03", "07": "03", "08": "05", "09": "03"}


@pytest.mark.parametrize("number", NEEDED)
def test_a_notebook_run_too_early_names_the_one_to_run_first(number, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path))
    [path] = NOTEBOOKS.glob(f"{number}_*.ipynb")
    with pytest.raises(CellExecutionError, match=rf"Run notebook {NEEDED[number]} first"):
        execute(nbformat.read(path, as_version=4), path.parent)


@pytest.mark.parametrize("number", ["06", "07"])
def test_a_search_without_a_ranker_names_the_notebook_that_trains_it(number, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path))
    aws = connect(announce=False)
    create_index(aws.opensearch, aws.index_name)
    cats = load_catalog(aws.data).head(12)
    vectors = np.random.default_rng(1).normal(size=(len(cats), 1024))
    index_images(aws.opensearch, aws.index_name, [
        {"image_id": name, "title": title, "cluster": "1", VECTOR_FIELD: vector}
        for (name, title), vector in zip(cats["title"].items(), vectors, strict=True)
    ])  # fmt: skip
    aws.state["index_name"] = aws.index_name
    [path] = NOTEBOOKS.glob(f"{number}_*.ipynb")
    with pytest.raises(CellExecutionError, match=r"run notebook 05 .* first"):
        execute(nbformat.read(path, as_version=4), path.parent)


@pytest.mark.parametrize("number", ["00", "01", "10"])
def test_these_notebooks_ask_for_no_other(number):
    [path] = NOTEBOOKS.glob(f"{number}_*.ipynb")
    assert not re.search(r"require\(|search_engine\(", path.read_text(encoding="utf-8"))


def test_clean_up_can_run_before_anything_else(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path))
    [path] = NOTEBOOKS.glob("99_*.ipynb")
    execute(nbformat.read(path, as_version=4), path.parent)


def test_clean_up_is_not_part_of_the_walk():
    assert [path.name[:2] for path in notebooks_to_run()] == ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]


def test_means_are_taken_number_by_number():
    first = {"generic": {"subject": 12, "style_share": {"a": 0.0}}, "a": {"subject": 10, "style_share": 1.0}}
    second = {"generic": {"subject": 6, "style_share": {"a": 0.5}}, "a": {"subject": 11, "style_share": 0.5}}
    assert mean_of([first, second]) == {
        "generic": {"subject": 9, "style_share": {"a": 0.25}},
        "a": {"subject": 10.5, "style_share": 0.75},
    }


def test_the_closing_table_shows_every_persona():
    figures = {
        "generic": {"subject": 12, "photographic": 11, "style_share": {"me": 0.0}},
        "me": {"subject": 12, "style_share": 0.9167},
    }
    text = report({"cat": figures, "mean_of_six_subjects": figures})
    assert "92%" in text and "me" in text and "photographic" in text


def test_on_aws_it_asks_before_it_spends(tmp_path):
    environment = {"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_MODE": "aws", "PATH": "/usr/bin"}
    environment |= {name: os.environ[name] for name in ("PYTHONPATH", "WORKSHOP_SOCKET_LOG")}
    answer = subprocess.run(
        [sys.executable, "-m", "helpers.walk"],
        input="no\n", capture_output=True, text=True, env=environment, cwd=Path(NOTEBOOKS).parent,
    )  # fmt: skip
    assert answer.returncode == 1 and "Nothing was created" in answer.stdout
    assert json.dumps(sorted(path.name for path in tmp_path.iterdir())) == "[]"


def another_walk(home: Path, then: str) -> subprocess.Popen:
    """Another process that asks for the folder, says "begins" once it has it, and does `then`."""
    code = f"""
import time
from pathlib import Path
from helpers.walk import alone_in
with alone_in(Path({str(home)!r})):
    print("begins", flush=True)
    {then}
"""
    return subprocess.Popen([sys.executable, "-c", code], cwd=NOTEBOOKS.parent, stdout=subprocess.PIPE, text=True)


def test_a_second_walk_in_one_folder_says_that_it_waits_and_begins_when_the_first_has_ended(tmp_path):
    with alone_in(tmp_path / "offline"):
        other = another_walk(tmp_path / "offline", "pass")
        assert other.stdout.readline().startswith(f"Another run is at work in {tmp_path / 'offline'}. This one waits")
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
    assert other.communicate(timeout=60)[0] == "begins\n" and other.returncode == 0


def test_a_killed_walk_keeps_no_other_out(tmp_path, capsys):
    with another_walk(tmp_path, "time.sleep(600)") as other:
        assert other.stdout.readline() == "begins\n"
        other.kill()
    with alone_in(tmp_path):
        assert capsys.readouterr().out == ""


def test_walks_in_two_folders_do_not_wait_for_each_other(tmp_path, capsys):
    with alone_in(tmp_path / "one"), alone_in(tmp_path / "other"):
        assert capsys.readouterr().out == ""
