"""Objects survive kills, rivals and rewrites, whole and with the metadata of their own version."""

import hashlib
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from helpers.local.errors import ServiceError
from helpers.local.services.s3 import S3, ObjectFiles
from helpers.local.store import Store

HELPERS = str(Path(sys.modules[Store.__module__].__file__).parents[1])


@pytest.fixture
def files(tmp_path) -> ObjectFiles:
    files = ObjectFiles(Store(tmp_path))
    S3(files).create_bucket(Bucket="bucket")
    return files


def put(files: ObjectFiles, key: str, data: bytes, headers: dict | None = None) -> str:
    return files.write("bucket", key, [data], headers or {})


def test_uris_lead_to_objects(files):
    files.write_uri("s3://bucket/train/1.csv", b"1,2")
    files.write_uri("s3://bucket/train/2.csv", b"3,4")
    files.write_uri("s3://bucket/training", b"")
    assert files.read_uri("s3://bucket/train/1.csv") == b"1,2"
    assert files.list_uris("s3://bucket/train/") == ["s3://bucket/train/1.csv", "s3://bucket/train/2.csv"]
    assert len(files.list_uris("s3://bucket")) == 3
    with pytest.raises(ServiceError, match=r"NoSuchKey.*s3://bucket/nothing"):
        files.read_uri("s3://bucket/nothing")
    with pytest.raises(ServiceError, match="NoSuchBucket"):
        files.list_uris("s3://nothing/at-all")


def test_a_failed_upload_leaves_the_old_object_and_no_rest(files):
    put(files, "k", b"old")

    def broken():
        yield b"ne"
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        files.write("bucket", "k", broken(), {})
    assert files.read("bucket", "k")[1] == b"old"
    assert list((files.store.root / ".drafts").iterdir()) == []


def test_metadata_belongs_to_one_version(files):
    put(files, "k", b"one", {"ContentType": "text/csv"})
    path = files.root / "bucket" / "k"
    path.write_bytes(b"edited by hand")
    found = files.head("bucket", "k")
    assert found.headers == {"ContentType": "binary/octet-stream"}
    assert found.etag == f'"{hashlib.md5(b"edited by hand").hexdigest()}"'


def test_two_versions_of_one_size_in_one_moment_differ(files):
    for n in range(50):
        put(files, "k", b"%02d" % n, {"Metadata": {"n": str(n)}})
        found, data = files.read("bucket", "k")
        assert (data, found.headers["Metadata"]) == (b"%02d" % n, {"n": str(n)})


def test_a_reader_sees_one_version_while_another_thread_writes(files):
    stop = threading.Event()

    def rewrite() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            put(files, "k", b"%06d" % n * 20_000, {})
            put(files, "k/below", b"x")
            files.delete("bucket", "k/below")

    put(files, "k", b"%06d" % 0 * 20_000)
    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(60):
            found, data = files.read("bucket", "k")
            assert data == data[:6] * 20_000 and found.size == len(data)
            assert files.head("bucket", "k").size == len(data)
            assert "k" in files.keys("bucket")
    finally:
        stop.set()
        writer.join()


def test_a_killed_writer_leaves_the_old_object_or_the_new_one(files):
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {HELPERS!r})  # the whole of helpers would take a second to import
from local.services.s3 import ObjectFiles
from local.store import Store
files = ObjectFiles(Store(Path({str(files.store.root)!r})))
n = 0
while True:
    n += 1
    files.write("bucket", "k", [b"%06d" % n] * 30_000, {{"Metadata": {{"n": "%06d" % n}}}})
    files.write("bucket", "new/%d" % n, [b"x" * n], {{}})
    print(n, flush=True)
"""
    for wait in (0.02, 0.05, 0.09):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout.readline() == "1\n"
            time.sleep(wait)
            writer.send_signal(signal.SIGKILL)
            acknowledged = [1, *map(int, writer.stdout.read().split())][-1]
        found, data = files.read("bucket", "k")
        assert data == data[:6] * 30_000 and int(data[:6]) >= acknowledged
        assert found.headers["Metadata"] == {"n": data[:6].decode()}
        assert found.etag == f'"{hashlib.md5(data).hexdigest()}"'
        keys = files.keys("bucket", "new/")
        assert {f"new/{n}" for n in range(1, acknowledged + 1)} <= set(keys)
        assert all(len(files.read("bucket", key)[1]) == int(key[4:]) for key in keys)
        put(files, "k", b"nobody left a lock behind")
        for key in keys:
            files.delete("bucket", key)


def test_threads_that_make_and_unmake_folders_do_not_disturb_each_other(files):
    failures = []

    def work(who: int) -> None:
        try:
            for n in range(15):
                for key in ("a", "a/b", f"a/b/{who}", f"a/b/{who}/{n}"):
                    put(files, key, b"x")
                files.delete("bucket", f"a/b/{who}")
                files.delete("bucket", "a")
                assert files.read("bucket", f"a/b/{who}/{n}")[1] == b"x"
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len([key for key in files.keys("bucket") if key.count("/") == 3]) == 3 * 15
