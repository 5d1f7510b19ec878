"""A query out of a file: what Titan takes, a small address, and an error that says what to choose instead."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from helpers.embeddings import EmbedError, encode_image
from helpers.explorer.pictures import MOST_BYTES, NO_PICTURE, address_of, picture_of_catalog, picture_of_upload


def content(size=(8, 8), kind="PNG", mode="RGB"):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "file", [content(), content(kind="JPEG"), content(kind="WEBP"), content(mode="RGBA"), content((3000, 20))],
    ids=["png", "jpeg", "webp", "with transparency", "long"],
)  # fmt: skip
def test_an_upload_is_what_titan_takes_and_a_thumbnail(file):
    query = picture_of_upload(file, "mine")
    assert query.base64 == encode_image(file) and query.name == "mine"
    with Image.open(io.BytesIO(base64.b64decode(query.address.partition(",")[2]))) as thumbnail:
        assert thumbnail.format == "JPEG" and max(thumbnail.size) <= 128


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "can be read. Choose a JPEG"),
        (b"GIF89a", "can be read. Choose a JPEG"),
        (b"text", "can be read. Choose a JPEG"),
        (content((600, 600), "JPEG")[:900], "mine"),
        (b"\0" * (MOST_BYTES + 1), "at most 10 MB"),
        (content((8000, 8000), "PNG", "1"), "at most 50 million pixels"),
    ],
    ids=["empty", "header only", "text", "cut off", "too many bytes", "too many pixels"],
)
def test_what_can_t_be_used_says_what_to_choose(file, words):
    with pytest.raises(EmbedError, match=words):
        picture_of_upload(file, "mine")


def test_a_picture_of_the_catalogue_passes_as_it_is(tmp_path):
    (tmp_path / "a.jpg").write_bytes(content(kind="JPEG"))
    query = picture_of_catalog(tmp_path / "a.jpg", "a cat")
    assert base64.b64decode(query.base64) == (tmp_path / "a.jpg").read_bytes()
    assert query.address == address_of(tmp_path / "a.jpg")


def test_a_file_that_is_gone_leaves_its_place_empty(tmp_path):
    assert address_of(tmp_path / "gone.jpg") == address_of(tmp_path) == NO_PICTURE
