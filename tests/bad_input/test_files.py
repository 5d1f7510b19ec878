"""Files and names: pictures that are none, archives, object keys and prefixes. Nothing leaves the folder it belongs to."""

from __future__ import annotations

import base64
import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from bad_input.told import refusal
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers.embeddings import embed_images, encode_image
from helpers.kmeans_formats import MODEL_FILE, centroids_in_archive
from helpers.local.cloud import LocalCloud
from helpers.local.services.sagemaker.formats import model_archive
from helpers.local.store import file_name
from helpers.settings import SettingsError, read_settings

quick = settings(max_examples=80, deadline=None, derandomize=True)


def picture(mode="RGB", size=(8, 8), form="PNG") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, form)
    return stream.getvalue()


GOOD = picture()
BAD_PICTURES = [
    b"",
    b"hello",
    GOOD[:20],
    GOOD[:40],
    b"\x00" * 100,
    b"<html>",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"PK\x03\x04" + b"\x00" * 50,
    b"\xff\xd8\xff\xe0" + b"\x00" * 20,
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x00\x00\x00\x00WEBP",
    b"BM" + b"\xff" * 60,
    b"%PDF-1.7",
    b"icns\x00\x00\x00\x08",
]
BAD_SOURCES = [None, 5, "", "nowhere.png", "/", "a\x00b", "x" * 5000, Path("/dev/null"), [], "\ud800.png"]


@pytest.mark.parametrize("content", BAD_PICTURES, ids=lambda content: ascii(content)[:25])
def test_bytes_that_are_no_picture_are_refused(content):
    assert refusal(lambda: encode_image(content))


@pytest.mark.parametrize("source", BAD_SOURCES, ids=lambda source: ascii(source)[:25])
def test_a_path_without_a_picture_is_refused(source):
    assert refusal(lambda: encode_image(source))


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "WEBP", "PPM"])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (1, 3000), (3000, 1)])
def test_other_forms_and_sizes_become_a_picture_that_titan_takes(form, size):
    with Image.open(io.BytesIO(base64.b64decode(encode_image(picture(size=size, form=form))))) as made:
        assert made.format in ("JPEG", "PNG") and made.mode == "RGB" and 1 <= min(made.size) <= max(made.size) <= 2048


@quick
@given(st.binary(max_size=200), st.integers(0, len(GOOD)))
def test_any_bytes_are_a_picture_or_refused(noise, place):
    refusal(lambda: encode_image(noise))
    refusal(lambda: encode_image(GOOD[:place] + noise + GOOD[place:]))


def test_bad_paths_are_listed_and_the_good_ones_embedded(tmp_path, embedder, titan):
    good, broken, loop = tmp_path / "ü 😀.png", tmp_path / "broken.png", tmp_path / "loop.png"
    good.write_bytes(GOOD)
    broken.write_bytes(GOOD[:30])
    os.symlink(loop, loop)
    text = refusal(lambda: embed_images([good, broken, loop, "a\x00b", None], embedder=embedder, cache=tmp_path / "v.sqlite"))
    assert text.startswith("4 of 5 pictures") and titan.pictures == 1
    link = tmp_path / "link.png"
    os.symlink(good, link)
    assert embed_images([link], embedder=embedder, cache=tmp_path / "v.sqlite").shape == (1, 1024)
    assert titan.pictures == 1  # the same content, whatever its name


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as files:
        for info, content in members:
            info.size = len(content)
            files.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def link(kind: bytes, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(MODEL_FILE)
    info.type, info.linkname = kind, target
    return info


BAD_ARCHIVES = {
    "empty": b"",
    "text": b"hello",
    "cut": archive((tarfile.TarInfo(MODEL_FILE), b"x" * 500))[:60],
    "gzip only": b"\x1f\x8b" + b"x" * 20,
    "nothing": archive(),
    "other": archive((tarfile.TarInfo("model.json"), b"{}")),
    "noise": archive((tarfile.TarInfo(MODEL_FILE), b"x" * 50)),
    "short": archive((tarfile.TarInfo(MODEL_FILE), b"")),
    "link": archive((link(tarfile.SYMTYPE, "/etc/passwd"), b"")),
    "hard link": archive((link(tarfile.LNKTYPE, "../../etc/passwd"), b"")),
    "folder": archive((link(tarfile.DIRTYPE, ""), b"")),
    "outside": archive((tarfile.TarInfo("../../../tmp/owned"), b"x")),
    "root": archive((tarfile.TarInfo("/etc/owned"), b"x")),
}


@pytest.mark.parametrize("content", BAD_ARCHIVES.values(), ids=BAD_ARCHIVES)
def test_an_archive_that_is_no_model_is_refused_and_nothing_is_unpacked(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refusal(lambda: centroids_in_archive(content))
    assert not list(tmp_path.rglob("*")) and not Path("/etc/owned").exists() and not Path("/tmp/owned").exists()


ODD_KEYS = [
    "..",
    "../x",
    "../../x",
    "/x",
    "//x",
    "/etc/passwd",
    "a/../../x",
    "a//b",
    "./x",
    ".hidden",
    "a\\..\\x",
    "\x00",
    "a" * 1024,
    "a/" * 300,
    "é",
    "e\u0301",
    "\u2024\u2024/x",
    "\uff0e\uff0e/x",
    "%2e%2e/x",
    "%2e%2e%2fx",
    "~",
    "~root/x",
    "CON",
    "x\n",
    ".drafts/x",
    ".locks/x",
    "a/.",
    "a/..",
    "a",
    "a/b",
    "s3-state",
    "\u202e",
    "😀" * 50,
]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    root = tmp_path_factory.mktemp("outside") / "cloud"
    s3 = LocalCloud(root, weights=root).session.client("s3")
    s3.create_bucket(Bucket="bucket")
    return root, s3


def test_every_key_is_an_object_of_its_own_inside_the_folder(bucket):
    root, s3 = bucket
    for key in ODD_KEYS:
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
    for key in ODD_KEYS:
        assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == key.encode()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bucket")
    assert {item["Key"] for page in pages for item in page["Contents"]} == set(ODD_KEYS)
    assert [path.name for path in root.parent.iterdir()] == ["cloud"]


@settings(quick, max_examples=20)
@given(key=st.text(min_size=1, max_size=200).filter(lambda key: len(key.encode()) <= 1024))
def test_any_key_comes_back(bucket, key):
    root, s3 = bucket
    s3.put_object(Bucket="bucket", Key=key, Body=b"x")
    assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == b"x"
    s3.delete_object(Bucket="bucket", Key=key)
    assert [path.name for path in root.parent.iterdir()] == ["cloud"]


@pytest.mark.parametrize(
    "name", ["..", "../x", "a", "A" * 10, "a..b", "-abc", "abc/def", "a" * 64, "/etc", "", "\x00abc"], ids=ascii
)
def test_a_bucket_can_t_be_called_anything(bucket, name):
    root, s3 = bucket
    with pytest.raises((ClientError, ParamValidationError)):
        s3.create_bucket(Bucket=name)
    assert [path.name for path in root.parent.iterdir()] == ["cloud"]


@pytest.mark.parametrize(
    "prefix", ["..", "../x", "/etc", "a/b", "a\x00b", "~root", "a" * 21, "ü", "a.b", "a b", "workshop\n"], ids=ascii
)
def test_a_prefix_can_t_be_a_way_out(tmp_path, prefix):
    with pytest.raises(SettingsError, match="WORKSHOP_PREFIX"):
        read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_PREFIX": prefix})


@quick
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_name_is_one_file_name_and_no_two_share_one(one, other):
    names = [file_name(key) for key in (one, other)]
    for name in names:
        assert name and len(name) <= 150 and not name.startswith(".") and not set("/\\\0") & set(name) and name.isascii()
    assert (names[0] == names[1]) == (one == other)


def test_a_model_s_archive_written_here_has_no_path():
    with tarfile.open(fileobj=io.BytesIO(model_archive(MODEL_FILE, np.ones((2, 4), np.float32))), mode="r:gz") as files:
        assert files.getnames() == [MODEL_FILE] and all(member.isfile() for member in files)
