"""What people type, against the catalogue's pictures: the encoder that ships has to make sense of it, or of nothing in it."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.local.engines.embedding import Encoder, shrink
from seeds.titan_offline.nonsense import nonsense

ROOT = Path(__file__).parents[3]
WEIGHTS = ROOT / "seeds" / "titan_offline"
FEW = 6
"""All of so many first pictures must be right. Only every third picture of the catalogue is looked at."""


@pytest.fixture(scope="module")
def encoder():
    return Encoder(WEIGHTS / "image.onnx", WEIGHTS / "text.onnx")


@pytest.fixture(scope="module")
def rows():
    with open(ROOT / "data" / "catalog.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))[::3]


@pytest.fixture(scope="module")
def pictures(encoder, rows):
    images = []
    for row in rows:
        with Image.open(ROOT / "data" / row["file"]) as image:
            images.append(shrink(np.asarray(image.convert("RGB"))))
    return encoder.embed_images(images)


@pytest.fixture
def first(encoder, pictures, rows):
    def first(text, column, n=FEW):
        return [rows[place][column] for place in np.argsort(-(pictures @ encoder.embed_texts([text])[0]), kind="stable")[:n]]

    return first


@pytest.fixture
def nearest(encoder, pictures):
    return lambda texts: (encoder.embed_texts(texts) @ pictures.T).max(1)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("kitten", "cat"), ("puppy", "dog"), ("automobile", "car"), ("sailing boat", "boat"), ("toadstool", "mushroom"),
        ("cats", "cat"), ("butterflies", "butterfly"), ("two dogs", "dog"), ("cactuses", "cactus"), ("houses", "house"),
        ("buterfly", "butterfly"), ("umbrela", "umbrella"), ("guitarr", "guitar"), ("elephnat", "elephant"),
        ("CAT", "cat"), ("Cat!", "cat"), ("  cat  ", "cat"), ('"cat"', "cat"), ("cat, please?", "cat"), ("cat 🐈", "cat"),
        ("cat\n", "cat"), ("c\u00e1t", "cat"), ("кошка cat", "cat"), ("cat " * 250, "cat"),
        ("I am looking for a really nice picture of a guitar for the wall of my living room", "guitar"),
        ("could you please show me some butterflies for a birthday card", "butterfly"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_the_subject_is_found(first, text, subject):
    assert set(first(text, "subject")) == {subject}


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("origami", "origami"), ("in the style of origami", "origami"), ("pixel art", "pixel-art"), ("8-bit", "pixel-art"),
        ("STAINED GLASS", "stained-glass"),
        ("watercolour", "watercolor"), ("something neon", "neon-punk"), ("claymation", "clay"),
    ],
)
def test_a_style_alone_is_found(first, text, style):
    assert set(first(text, "style")) == {style}


@pytest.mark.parametrize(
    "text", ["a cat in comic style", "comic cat", "Comic-Art CAT!", "a cat, comic", "picture of a cat in the style of comic"]
)
def test_a_subject_in_a_style_is_found(first, text):
    assert set(zip(first(text, "subject", 4), first(text, "style", 4), strict=True)) == {("cat", "comic-art")}


def test_a_colour_beside_a_subject_brings_that_colour_first(first):
    found = list(zip(first("a red car", "subject"), first("a red car", "color"), strict=True))
    assert found.count(("car", "red")) >= FEW - 1


@pytest.mark.parametrize(
    "text", ["CAT", "cat!", "  cat ", "\tcat\n", "...cat...", "🐈 cat", "cat\u200d", "\uff43\uff41\uff54", "猫 cat", "'cat'"]
)
def test_case_punctuation_emoji_and_other_scripts_do_not_change_the_vector(encoder, text):
    np.testing.assert_array_equal(encoder.embed_texts([text]), encoder.embed_texts(["cat"]))


@pytest.mark.parametrize("text", ["кошка", "猫", "🐈", "?!", "   ", "γάτα", "0", ""])
def test_a_text_without_an_english_word_is_near_no_picture(nearest, text):
    assert nearest([text])[0] < 0.12


def test_what_is_no_word_for_a_picture_is_far_from_all_of_them(nearest):
    real = np.median(nearest(["a cat", "comic cat", "origami", "a red car", "guitar", "a boat in clay style"]))
    assert nearest(nonsense()).max() < real - 0.12
