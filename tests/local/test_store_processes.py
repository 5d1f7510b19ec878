"""The folder keeps what was acknowledged, whoever else writes and whoever is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest

from helpers.local.store import Store

HELPERS = str(Path(sys.modules[Store.__module__].__file__).parents[1])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def in_another_process(code: str, root: Path) -> subprocess.Popen:
    """A Python with a `store` that runs `code` after `start`."""
    head = f"""
import sys
from pathlib import Path
sys.path.insert(0, {HELPERS!r})  # the whole of helpers would take a second to import
from local.store import Store
store = Store(Path({str(root)!r}))
print("ready", flush=True)
input()
"""
    return subprocess.Popen(
        [sys.executable, "-c", head + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def start(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")


def finish(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        with process:
            assert process.wait(30) == 0


def test_no_line_is_lost_when_processes_and_threads_append_at_once(store):
    code = "for n in range(150): store.append('events', 'tracker', {'who': %d, 'n': n, 'text': 'x' * 300})"
    writers = [in_another_process(code % who, store.root) for who in range(3)]

    def append(who: int) -> None:
        for n in range(50):
            store.append("events", "tracker", {"who": who, "n": n})

    threads = [threading.Thread(target=append, args=(who,)) for who in (3, 4)]
    start(writers)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finish(writers)
    lines = store.lines("events", "tracker")
    assert len(lines) == 3 * 150 + 2 * 50
    for who in range(5):  # and each writer's lines are in its own order
        mine = [line["n"] for line in lines if line["who"] == who]
        assert mine == sorted(mine) and len(mine) == (150 if who < 3 else 50)


def test_a_lock_makes_read_and_write_one_step_across_processes(store):
    code = """
for _ in range(60):
    with store.lock("counter"):
        count = (store.read("kind", "counter") or {"n": 0})["n"]
        store.write("kind", "counter", {"n": count + 1})
"""
    writers = [in_another_process(code, store.root) for _ in range(2)]
    start(writers)
    finish(writers)
    assert store.read("kind", "counter") == {"n": 120}


def test_a_thread_may_take_a_lock_twice(store):
    with store.lock("name"), store.lock("name"):
        store.write("kind", "key", {})
    assert store.read("kind", "key") == {}


def test_a_killed_writer_leaves_whole_records_and_every_line_it_acknowledged(store):
    code = """
n = 0
while True:
    n += 1
    store.write("kind", "record", {"n": n, "again": [n] * 2000})
    store.append("kind", "lines", {"n": n, "text": "x" * 5000})
    print(n, flush=True)
"""
    random = Random(1)
    for _ in range(3):
        writer = in_another_process(code, store.root)
        start([writer])
        assert writer.stdout.readline() == "1\n"
        time.sleep(0.02 + random.random() / 10)
        writer.send_signal(signal.SIGKILL)
        with writer:
            acknowledged = [1, *map(int, writer.stdout.read().split())]
        record, lines = store.read("kind", "record"), store.lines("kind", "lines")
        assert record["again"] == [record["n"]] * 2000 and record["n"] >= acknowledged[-1]
        assert [line["n"] for line in lines][: len(acknowledged)] == acknowledged
        store.append("kind", "lines", {"n": "after"})  # nobody left a lock behind
        assert Store(store.root).lines("kind", "lines")[-1] == {"n": "after"}
        store.delete("kind", "lines")


def test_a_reader_never_sees_half_a_record(store):
    store.write("kind", "record", {"again": [0] * 5000})
    stop = threading.Event()

    def rewrite() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            store.write("kind", "record", {"again": [n] * 5000})

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(100):
            assert len(set(store.read("kind", "record")["again"])) == 1
    finally:
        stop.set()
        writer.join()


def test_a_failed_write_leaves_no_file_behind(store, monkeypatch):
    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        store.write("kind", "key", {"n": 1})
    assert list((store.root / "kind").iterdir()) == list((store.root / ".drafts").iterdir()) == []


def test_drafts_of_the_dead_are_removed_and_those_of_the_living_stay(store):
    code = """
import os
descriptor, path = store.draft()
print(path, flush=True)
input()
os.kill(os.getpid(), 9)
"""
    dead, living = writers = [in_another_process(code, store.root) for _ in range(2)]
    start(writers)
    abandoned, unfinished = (Path(writer.stdout.readline().strip()) for writer in writers)
    with dead:
        dead.stdin.write("die\n")
    earlier = store.root / ".drafts" / f"{os.getpid()}-0123abcd-x"  # of a process that had this one's number
    earlier.touch()
    store.write("kind", "key", {})
    assert [path.exists() for path in (abandoned, earlier, unfinished)] == [False, False, True]
    with living:
        living.kill()
