"""Rows of pictures."""

from __future__ import annotations

import io
import os
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import gallery
from helpers.catalog import Persona
from helpers.gallery import Row, compose_rows, history_row, rank_change, result_row, show_rows
from helpers.search import Result


@pytest.fixture
def pictures(tmp_path):
    paths = []
    for name, colour in (("red", (200, 0, 0)), ("green", (0, 200, 0)), ("blue", (0, 0, 200))):
        paths.append(tmp_path / f"{name}.png")
        Image.new("RGB", (32, 32), colour).save(paths[-1])
    return paths


def test_tiles_stand_in_the_order_given(pictures):
    sheet = np.asarray(compose_rows([Row("", "", pictures)], tile=20, columns=3)).astype(int)
    middle = sheet[16]
    order = [int(np.argmax(pixel)) for pixel in (middle[16], middle[42], middle[68])]
    assert order == [0, 1, 2]


def test_a_long_row_wraps(pictures):
    assert (
        compose_rows([Row("", "", pictures * 2)], tile=20, columns=3).height
        > compose_rows([Row("", "", pictures)], tile=20, columns=3).height
    )


def test_the_digest_names_every_picture_in_order(pictures, capsys):
    show_rows([Row("mine", "", pictures)], alt="three colours")
    assert "mine: red green blue" in capsys.readouterr().out


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: (data, metadata) pairs."""
    displayed = []
    monkeypatch.setattr(gallery, "display", lambda data, *, raw, metadata: displayed.append((data, metadata)))
    return displayed


def test_a_grid_carries_its_words(pictures, shown):
    show_rows([Row("mine", "as before", pictures[:2], ["▲1"], frozenset({1}))], alt="two colours", columns=2)
    [(data, metadata)] = shown
    red, green = (f"{zlib.crc32(path.read_bytes()):08x}" for path in pictures[:2])
    assert data["text/plain"].splitlines() == [
        "two colours",
        f"mine (as before): red {red} ▲1, green {green} framed",
        "2 columns, 306 × 78 pixels",
    ]
    assert metadata == {"image/jpeg": {"alt": "two colours"}}
    with Image.open(io.BytesIO(data["image/jpeg"])) as image:
        assert image.info["comment"].decode() == data["text/plain"]


def test_another_picture_under_the_same_name_is_another_grid(pictures, shown):
    show_rows([Row("", "", pictures)], alt="three colours")
    os.replace(pictures[2], pictures[0])
    show_rows([Row("", "", [*pictures[:2], pictures[0]])], alt="three colours")
    assert shown[0][0]["text/plain"].split()[4] != shown[1][0]["text/plain"].split()[4]


def test_results_become_tiles_of_their_own_files(tmp_path):
    catalog = pd.DataFrame({"file": ["images/a.jpg", "images/b.jpg"]}, index=["a", "b"])
    results = [Result("b", "7", 0.5, None, 0.5, 1, 2), Result("a", "7", 0.5, None, 0.5, 2, 1)]
    row = result_row("me", "", results, catalog, tmp_path, badges=True)
    assert row.pictures == [tmp_path / "images/b.jpg", tmp_path / "images/a.jpg"]
    assert row.badges == ["▲1", "▼1"]


def test_a_history_is_the_persona_s_latest_different_pictures_oldest_first(tmp_path):
    catalog = pd.DataFrame({"file": [f"images/{name}.jpg" for name in "abc"]}, index=list("abc"))
    clicks = [("me", "a"), ("me", "b"), ("other", "c"), ("me", "a"), ("me", "c")]
    interactions = pd.DataFrame(clicks, columns=["user_id", "image_id"])
    row = history_row(interactions, catalog, tmp_path, Persona("me", ("clay",), "about me"), latest=2)
    assert (row.label, row.note) == ("me", "about me")
    assert [path.stem for path in row.pictures] == ["a", "c"]


@pytest.mark.parametrize(("rank", "generic", "words"), [(1, 4, "▲3"), (5, 2, "▼3"), (2, 2, "=")])
def test_a_badge_says_how_far_a_picture_moved(rank, generic, words):
    assert rank_change(rank, generic) == words
