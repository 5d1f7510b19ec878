"""Every key has a file of its own inside the bucket's folder, and a file tells its key."""

import os
from pathlib import PurePosixPath
from random import Random

import pytest

from helpers.local.services.s3.names import LONGEST_NAME, OBJECT_BESIDE_FOLDER, key_of, parts_of

AWKWARD = [
    "..", ".", "../..", "a/../b", "/", "//", "a/", "/a", "a//b", "./a", "%", "%2E", "%0", "%_", "%=", "a%=", "a/%_b",
    "a\\b", "c:\\x", 'q"?*<>|', "\0", "\n", "é/ü", "日本", " ", "a b ", "~", "x" * 1024, "é" * 512, "x" * 200 + "/%_y",
    "x" * 200 + "..", "." * 1000, "/" * 1024, "%" * 1000,
]  # fmt: skip


def random_keys(n: int) -> list[str]:
    random = Random(7)
    pieces = ["a", ".", "..", "/", "//", "%", "%2E", "%_", "%0", "%=", "\\", "é", "\0", " ", "x" * 199, "~"]
    return ["".join(random.choices(pieces, k=random.randint(1, 7))) for _ in range(n)]


@pytest.mark.parametrize("key", AWKWARD, ids=range(len(AWKWARD)))
def test_an_awkward_key_comes_back(key):
    assert key_of(parts_of(key)) == key


def test_a_key_comes_back_from_its_path_and_no_two_share_one():
    keys = {*random_keys(5000), *AWKWARD}
    paths = {tuple(parts_of(key)) for key in keys}
    assert len(paths) == len(keys)
    assert {key_of(path) for path in paths} == keys


def test_no_path_leaves_the_folder_or_holds_what_a_file_system_forbids():
    for key in [*random_keys(5000), *AWKWARD]:
        parts = parts_of(key)
        assert all(part not in ("", ".", "..") for part in parts)
        assert not any(set(part) & set('/\\:*?"<>|\0') for part in parts)
        assert all(len(os.fsencode(part + OBJECT_BESIDE_FOLDER)) <= 255 for part in parts)
        assert not PurePosixPath(*parts).is_absolute()


def test_an_ordinary_key_is_its_own_path():
    assert parts_of("clusters/run-1/Träin set (2).csv") == ["clusters", "run-1", "Träin set (2).csv"]


def test_a_long_segment_goes_on_in_the_next_folder():
    assert parts_of("x" * (LONGEST_NAME + 1)) == ["x" * LONGEST_NAME, "%_x"]


def test_an_object_beside_a_folder_has_the_same_key():
    assert key_of(["a", "b" + OBJECT_BESIDE_FOLDER]) == "a/b"


@pytest.mark.parametrize("parts", [["%zz"], ["%41"], ["a", "%_b"], ["%_"], ["%2e"], ["\udcff"], ["a%"]])
def test_a_file_that_no_key_leads_to_is_no_object(parts):
    assert key_of(parts) is None
