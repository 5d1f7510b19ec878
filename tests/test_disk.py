"""A full disk, and one that may not be written to: every kind of file says what to do, and keeps what it had."""

from __future__ import annotations

import errno
import os
import resource
import sqlite3

import numpy as np
import pytest

from helpers.disk import DiskError, writing_to
from helpers.local.cloud import LocalCloud
from helpers.local.store import Store
from helpers.settings import read_settings
from helpers.state import State
from helpers.vector_cache import VectorCache
from helpers.workshop import connect


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "Free some space"), (errno.EDQUOT, "Free some space"), (errno.EFBIG, "Free some space"),
        (errno.EROFS, "set WORKSHOP_DATA"), (errno.EACCES, "set WORKSHOP_DATA"), (errno.EPERM, "set WORKSHOP_DATA"),
    ],
)  # fmt: skip
def test_what_has_a_next_step_says_it(tmp_path, code, words):
    with pytest.raises(DiskError, match=words) as caught, writing_to(tmp_path):
        raise OSError(code, os.strerror(code))
    assert caught.value.errno == code and str(tmp_path) in str(caught.value)


def test_what_has_none_stays_as_it_is(tmp_path):
    with pytest.raises(IsADirectoryError), writing_to(tmp_path):
        raise IsADirectoryError(errno.EISDIR, "is a directory")


@pytest.fixture
def no_room():
    """Files of this process can't grow beyond 2 KB, as if the disk were full there: EFBIG, by the system itself."""
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, before)


def files(folder):
    """The bytes of every file of some size; locks have none."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.stat().st_size}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    store.write("things", "a", {"text": "before"})
    store.append("things", "list", {"text": "before"})
    return store


@pytest.mark.parametrize("write", ["write", "append", "write_bytes"])
def test_a_record_that_finds_no_room_leaves_what_was_there(store, no_room, write):
    before, big = files(store.root), "x" * 5000
    arguments = (store.path("things", "b", ".bin"), big.encode()) if write == "write_bytes" else ("things", "a", {"text": big})
    with pytest.raises(DiskError, match="run this cell again"):
        getattr(store, write)(*arguments)
    assert files(store.root) == before


def test_an_object_that_finds_no_room_is_not_there(tmp_path, no_room):
    s3 = LocalCloud(tmp_path, weights=tmp_path).session.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"before")
    for key in ("key", "other"):
        with pytest.raises(DiskError):
            s3.put_object(Bucket="bucket", Key=key, Body=b"x" * 5000)
    assert s3.get_object(Bucket="bucket", Key="key")["Body"].read() == b"before"
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["key"]
    assert not list((tmp_path / ".drafts").iterdir())


@pytest.fixture
def opensearch(tmp_path):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)})).opensearch


def test_a_document_that_finds_no_room_is_not_there(opensearch, no_room):
    client, vector = opensearch, {"type": "knn_vector", "dimension": 1024}
    client.indices.create(index="shelf", body={"settings": {"index.knn": True}, "mappings": {"properties": {"v": vector}}})
    with pytest.raises(DiskError):
        client.index(index="shelf", id="1", body={"v": [0.5] * 1024}, refresh=True)
    assert client.count(index="shelf")["count"] == 0


def test_state_that_finds_no_room_keeps_its_values(tmp_path, no_room):
    state = State(tmp_path / "state.json")
    state["a"] = 1
    with pytest.raises(DiskError):
        state["b"] = "x" * 5000
    assert list(state) == ["a"]


def test_vectors_that_find_no_room_leave_those_before(tmp_path):
    """SQLite's own limit of pages makes its own error of a full disk."""
    with VectorCache(tmp_path / "v.sqlite", model="m", dimension=2) as cache:
        cache.keep({"a": np.ones(2, np.float32)})
        cache.dimension = 4096
        cache._database.execute("PRAGMA max_page_count = 4")
        with pytest.raises(DiskError, match="run this cell again"):
            cache.keep({"b": np.ones(4096, np.float32)})
        assert "b" not in cache
    with VectorCache(tmp_path / "v.sqlite", model="m", dimension=2) as cache:
        np.testing.assert_array_equal(cache["a"], np.ones(2))


@pytest.fixture
def closed(monkeypatch):
    """A file system that may only be read. Root may write everywhere, so it is played where folders and files are made."""

    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    for name in ("os.mkdir", "tempfile.mkstemp", "os.replace"):
        monkeypatch.setattr(name, refuse)


def test_a_data_folder_that_may_only_be_read_says_so_at_the_first_write(tmp_path, closed):
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))
    for write in (
        lambda: aws.bucket,
        lambda: aws.state.count("visitors"),
        lambda: aws.client("s3").create_bucket(Bucket="bucket"),
        lambda: aws.client("personalize").create_dataset_group(name="group"),
        lambda: VectorCache(aws.home / "v.sqlite", model="m", dimension=4).__enter__(),
    ):
        with pytest.raises(DiskError, match="set WORKSHOP_DATA"):
            write()
    assert not list(tmp_path.iterdir())


def test_a_cache_file_that_may_only_be_read_says_so(tmp_path):
    path = tmp_path / "v.sqlite"
    with VectorCache(path, model="m", dimension=4) as cache:
        cache.keep({"a": np.ones(4, np.float32)})
    cache = VectorCache(path, model="m", dimension=4)
    cache._database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(DiskError, match="set WORKSHOP_DATA"):
        cache.keep({"b": np.ones(4, np.float32)})
    np.testing.assert_array_equal(cache["a"], np.ones(4))
    cache._database.close()
