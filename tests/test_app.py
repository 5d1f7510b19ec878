"""`make app`: what it runs first, what it serves, and that it serves this machine alone."""

from __future__ import annotations

import re
from types import SimpleNamespace

import nbformat
import pytest

from helpers import app
from helpers.settings import read_settings


@pytest.fixture
def settings(tmp_path):
    return read_settings({"WORKSHOP_DATA": str(tmp_path)})


def finish(settings, *numbers):
    aws = app.connect(announce=False, settings=settings)
    for number in numbers:
        for key in app.MADE_IN[number]:
            aws.state[key] = "there"
    return aws


def numbers(settings):
    return [path.name[:2] for path in app.missing_notebooks(settings)]


def test_it_runs_from_the_first_notebook_whose_work_is_missing(settings):
    assert numbers(settings) == ["01", "02", "03", "04", "05"]
    aws = finish(settings, "01", "02", "03")
    assert numbers(settings) == ["02", "03", "04", "05"]  # the clusters have no names yet
    (aws.home / "cluster_names.json").write_text("[]")
    assert numbers(settings) == ["04", "05"]
    finish(settings, "04", "05")
    assert numbers(settings) == []


def test_the_page_is_notebook_07_up_to_the_explorer(settings):
    notebook = nbformat.read(app.write_app(settings), as_version=4)
    assert "connect()" in notebook.cells[0].source and notebook.cells[-1].source.endswith("\nexplorer")
    assert all(cell.cell_type == "code" for cell in notebook.cells)
    assert [app.TAG in cell.metadata.get("tags", []) for cell in notebook.cells] == [False] * (len(notebook.cells) - 1) + [True]


def test_it_listens_on_this_machine_alone(tmp_path):
    command, environment = app.voila_command(tmp_path / "app.ipynb", "--port=1234")
    assert "--Voila.ip=127.0.0.1" in command and command[-1] == "--port=1234"
    assert environment["JUPYTER_PATH"].split(":")[0] == str(app.TEMPLATES)
    template = (app.TEMPLATES / "voila" / "templates" / "explorer" / "index.html.j2").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//cdn", template)


def test_on_aws_it_names_what_to_run_and_spends_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(app, "read_settings", lambda: SimpleNamespace(mode="aws"))
    monkeypatch.setattr(app, "missing_notebooks", lambda settings: [tmp_path / "05_train.ipynb"])
    monkeypatch.setattr(app, "run_notebook", lambda *_: pytest.fail("it would cost money"))
    assert app.main([]) == 1
    assert "05_train.ipynb" in capsys.readouterr().err


def test_it_runs_what_is_missing_then_becomes_voila(monkeypatch, settings, tmp_path):
    ran, became = [], []
    monkeypatch.setattr(app, "read_settings", lambda: settings)
    monkeypatch.setattr(app, "run_notebook", lambda path, copy: ran.append(path.name[:2]))
    monkeypatch.setattr(app.os, "execve", lambda *call: became.append(call))
    app.main(["--no-browser"])
    assert ran == ["01", "02", "03", "04", "05"]
    [(_, command, environment)] = became
    assert "voila" in command and "--no-browser" in command and environment["WORKSHOP_DATA"] == str(settings.data)
