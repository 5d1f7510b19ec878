"""Rows of pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from helpers.gallery import Row, compose_rows, rank_change, show_rows


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


@pytest.mark.parametrize(("rank", "generic", "words"), [(1, 4, "▲3"), (5, 2, "▼3"), (2, 2, "=")])
def test_a_badge_says_how_far_a_picture_moved(rank, generic, words):
    assert rank_change(rank, generic) == words
