"""An S3 prefix becomes a folder: once, whatever the keys, and finished after an interruption."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from odd_files import picture

from helpers.library import LibraryError, read_library
from helpers.s3_pictures import local_folder
from helpers.settings import read_settings
from helpers.workshop import connect


@pytest.fixture
def aws(tmp_path):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path / "data")}))


@pytest.fixture
def source(aws, tmp_path):
    s3 = aws.client("s3")
    for number, key in enumerate(["in/a.png", "in/deep/b.png", "in/Füße & 猫.png", "inner/c.png", "other/d.png"]):
        picture(number).save(tmp_path / "p.png")
        s3.upload_file(str(tmp_path / "p.png"), aws.bucket, key)
    s3.put_object(Bucket=aws.bucket, Key="in/notes.txt", Body=b"none")
    return f"s3://{aws.bucket}/in/"


def test_a_prefix_is_read_as_a_folder_is(aws, source, tmp_path):
    library = read_library(local_folder(source, aws.client("s3"), below=tmp_path / "own"))
    assert set(library.pictures.index) == {"in/a.png", "in/deep/b.png", "in/Füße & 猫.png"}


def test_a_second_call_fetches_what_is_new_or_changed_only(aws, source, tmp_path):
    s3, fetched = aws.client("s3"), []

    class Watched:
        get_paginator = s3.get_paginator

        def download_file(self, bucket, key, path):
            fetched.append(key)
            if key == "in/deep/b.png" and len(fetched) < 4:
                raise KeyboardInterrupt
            s3.download_file(bucket, key, path)

    with pytest.raises(KeyboardInterrupt):
        local_folder(source, Watched(), below=tmp_path / "own", workers=1)
    fetched[:] = ["", "", "", ""]
    folder = local_folder(source, Watched(), below=tmp_path / "own")
    assert "in/deep/b.png" in fetched
    fetched.clear()
    picture(9, (90, 60)).save(tmp_path / "p.png")
    s3.upload_file(str(tmp_path / "p.png"), aws.bucket, "in/a.png")
    assert local_folder(source, Watched(), below=tmp_path / "own") == folder and fetched == ["in/a.png"]
    assert not [path for path in folder.rglob("*") if path.name.endswith(".part")]


def test_no_key_leads_out_of_the_folder(tmp_path):
    from helpers.s3_pictures import _path_of

    for key in ("../up.png", "in/../../up.png", "/root.png", "x" * 300 + ".png", "a\0b", ""):
        assert _path_of(key, tmp_path) is None
    assert _path_of("in//a.png", tmp_path) == tmp_path / "in" / "a.png"


def test_a_folder_is_taken_as_it_is(tmp_path):
    assert local_folder(tmp_path, None, below=tmp_path / "own") == tmp_path


def test_nothing_there_says_what_to_check(aws, tmp_path):
    with pytest.raises(LibraryError, match="aws s3 ls"):
        local_folder(f"s3://{aws.bucket}/nothing/", aws.client("s3"), below=tmp_path)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        local_folder("s3://nobodys-bucket/", aws.client("s3"), below=tmp_path)
