"""Notebook 10 on a folder and a log that it never saw, and what it says of pictures in styles that the encoder never saw."""

from __future__ import annotations

import os
import re
from shutil import copy

import nbformat
import numpy as np
import pytest
from odd_files import odd_folder
from unseen_styles import STYLES, SUBJECTS, draw, measure

from helpers.embeddings import embed_images
from helpers.settings import SHIPPED_DATA
from helpers.walk import NOTEBOOKS, execute

[NOTEBOOK] = NOTEBOOKS.glob("10_*.ipynb")


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    return draw(tmp_path_factory.mktemp("unseen") / "drawn")


def ran(cells: dict[str, object], folder) -> str:
    """All that the notebook prints when its variables are set to these."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    setting = next(cell for cell in notebook.cells if cell.source.startswith("from helpers import sample_folder"))
    lines, rest = setting.source.split("\nif PICTURES is None:")
    chosen = "\n".join(f"{name} = {value!r}" for name, value in cells.items())
    setting.source = f"{lines}\n{chosen}\nif PICTURES is None:{rest}"
    execute(notebook, NOTEBOOK.parent, environment={**os.environ, "WORKSHOP_DATA": str(folder)})
    texts = [output.get("text", "") + output.get("data", {}).get("text/plain", "")
             for cell in notebook.cells for output in cell.get("outputs", [])]  # fmt: skip
    return "\n".join(texts)


def test_the_walk_takes_any_folder_and_any_log(tmp_path):
    odd_folder(tmp_path / "in")
    rng, names = np.random.default_rng(1), ["plain.jpg", "turned.tif", "deep/er/and/deeper/picture", "Füße & Straße", "gone.png"]
    rows = [f"Person {rng.integers(40)};{rng.choice(names)};2026-03-{1 + i % 28:02d}T10:00:00Z;looked" for i in range(1600)]
    (tmp_path / "log.csv").write_text("who;picture;at;did\n" + "\n".join(rows), encoding="utf-16")
    settings = {"PICTURES": str(tmp_path / "in"), "EVENTS": str(tmp_path / "log.csv"), "QUERY": "car",
                "COLUMNS": {"user_id": "who", "event_type": "did"}, "EVENT_TYPES": {"looked": "view"}}  # fmt: skip
    said = ran(settings, tmp_path / "data")
    assert "damaged further on: ['cut-off.jpg', 'cut-off.png']" in said
    assert "left out: a picture that is not in the folder" in said
    assert "campaign workshop-own-campaign: ACTIVE" in said
    assert said.count("✓") >= 12 and "none of thirty searches failed" in said


def test_what_the_notebook_says_of_unseen_styles_is_measured(unseen, embedder, tmp_path):
    files, subjects, styles = unseen
    assert len(files) == 200 == len(SUBJECTS) * len(STYLES) * 4
    vectors = embed_images(files, embedder=embedder, cache=tmp_path / "v.sqlite")
    words = np.array([embedder.embed(text=word, purpose="query") for word in SUBJECTS])
    found = measure(vectors, words, subjects, styles)
    text = NOTEBOOK.read_text(encoding="utf-8")
    for row, kind in {
        "ten nearest to a word show it": "a word's ten nearest show it",
        "a picture's three nearest show the same": "a picture's three nearest show the same",
        "and are in its style": "a picture's three nearest are in its style",
    }.items():
        [said] = re.findall(rf"\|{row}\|(\d+) %\|", text)
        assert abs(int(said) / 100 - found[kind]) < 0.02, (row, said, found[kind])


def few_pictures(folder, n):
    folder.mkdir(parents=True)
    chosen = sorted((SHIPPED_DATA / "images").rglob("*.jpg"))[:: 3000 // n][:n]
    for path in chosen:
        copy(path, folder)
    return [path.name for path in chosen]


def test_one_picture_and_no_log_are_enough(tmp_path):
    few_pictures(tmp_path / "in", 1)
    said = ran({"PICTURES": str(tmp_path / "in"), "EVENTS": None, "QUERY": "car"}, tmp_path / "data")
    assert "K-Means with 1 clusters: Completed" in said and said.count("No ranker: Personalize trains on") == 2
    assert said.count("✓") >= 12 and "none of thirty searches failed" in said


def test_a_log_may_come_with_the_later_pictures_only(tmp_path):
    """Three pictures without a log, then two with one: the ranker's first version is asked at the end."""
    few_pictures(tmp_path / "in", 3)
    names, rng = few_pictures(tmp_path / "later", 2), np.random.default_rng(1)
    rows = [f"person-{rng.integers(40)},{rng.choice(names)},{1_700_000_000 + second}" for second in range(1200)]
    (tmp_path / "later.csv").write_text("user,image,time\n" + "\n".join(rows))
    settings = {"PICTURES": str(tmp_path / "in"), "EVENTS": None, "QUERY": "car",
                "LATER": str(tmp_path / "later"), "LATER_EVENTS": str(tmp_path / "later.csv")}  # fmt: skip
    said = ran(settings, tmp_path / "data")
    assert said.count("No ranker: ") == 1 and "campaign workshop-own-campaign: ACTIVE" in said
    assert re.search(r"person-\d+ \(car\): ", said) and "✓ every answer comes from version 2" in said
