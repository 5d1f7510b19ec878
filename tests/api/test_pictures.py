"""Sizes are those that Pillow finds, and nothing that is cut or made up breaks the reading."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from helpers.api.pictures import size_of
from helpers.catalog import load_catalog
from helpers.settings import SHIPPED_DATA


def made(kind, size, mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("options", [
    {"kind": "PNG"}, {"kind": "PNG", "mode": "L"}, {"kind": "PNG", "mode": "RGBA"}, {"kind": "JPEG"},
    {"kind": "JPEG", "progressive": True}, {"kind": "JPEG", "comment": b"\xff\xc0" * 40}, {"kind": "JPEG", "mode": "CMYK"},
    {"kind": "JPEG", "exif": Image.Exif()}, {"kind": "JPEG", "optimize": True, "quality": 1},
])  # fmt: skip
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (3, 2049)])
def test_it_is_pillows(options, size):
    assert size_of(made(size=size, **options)) == size


def test_it_is_pillows_for_the_shipped_pictures():
    for file in load_catalog(SHIPPED_DATA)["file"].iloc[::100]:
        content = (SHIPPED_DATA / file).read_bytes()
        with Image.open(io.BytesIO(content)) as image:
            if image.format in ("JPEG", "PNG"):
                assert size_of(content) == image.size


def test_other_kinds_have_none():
    for content in (b"", b"cat", made("GIF", (4, 4)), made("BMP", (4, 4)), made("WEBP", (4, 4))):
        assert size_of(content) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_cut_picture_has_its_size_or_none(kind):
    content = made(kind, (40, 30))
    assert {size_of(content[:cut]) for cut in range(len(content))} == {None, (40, 30)}


def test_no_bytes_break_it():
    rng = random.Random(8)
    for _ in range(2000):
        size_of(b"\xff\xd8" + bytes(rng.choice((0xFF, 0x00, 0xC0, 0xD8, rng.randrange(256))) for _ in range(rng.randrange(60))))
        size_of(b"\x89PNG\r\n\x1a\n" + rng.randbytes(rng.randrange(40)))
