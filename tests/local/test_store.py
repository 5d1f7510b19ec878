"""The folder keeps what was written, under any name, as files that one can read."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from helpers.local.store import LONGEST_NAME, Store, file_name

NASTY = [
    "..",
    ".",
    "",
    "/etc/passwd",
    "../../x",
    "a/b",
    "a\\b",
    "C:x",
    ".hidden",
    "%2E",
    "~",
    "nul\0",
    "é",
    "x" * 999,
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_record_comes_back_as_it_was_written(store):
    record = {"name": "ä", "k": 3, "nested": {"list": [1.5, None, True]}}
    store.write("personalize/campaigns", "arn:aws:x/y", record)
    assert store.read("personalize/campaigns", "arn:aws:x/y") == record


def test_a_record_is_readable_text_in_the_folder_of_its_kind(store):
    store.write("personalize/campaigns", "mine", {"status": "ACTIVE"})
    assert '"status": "ACTIVE"' in (store.root / "personalize/campaigns/mine.json").read_text()


def test_what_was_never_written_is_none(store):
    assert store.read("kind", "nothing") is None
    assert store.all("kind") == []
    assert store.lines("kind", "nothing") == []


def test_a_datetime_becomes_iso_text(store):
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    store.write("kind", "key", {"when": when})
    assert datetime.fromisoformat(store.read("kind", "key")["when"]) == when


def test_what_json_cannot_hold_is_refused_and_leaves_the_old_record(store):
    store.write("kind", "key", {"n": 1})
    with pytest.raises(TypeError, match="bytes"):
        store.write("kind", "key", {"n": b"1"})
    assert store.read("kind", "key") == {"n": 1}


def test_all_records_come_sorted_by_key_and_without_lines(store):
    for key in ["b", "a/c", "B", "a b", "a"]:
        store.write("kind", key, {"key": key})
    store.append("kind", "0", {"key": "a line"})
    assert [record["key"] for record in store.all("kind")] == sorted(["b", "a/c", "B", "a b", "a"])


def test_a_deleted_key_is_gone_with_its_lines(store):
    store.write("kind", "key", {})
    store.append("kind", "key", {})
    store.delete("kind", "key")
    store.delete("kind", "key")
    assert store.read("kind", "key") is None and store.lines("kind", "key") == []


def test_no_name_leaves_its_folder_or_is_shared():
    random = Random(4)
    keys = {"".join(random.choices("./\\%~a:é \0", k=random.randint(0, 12))) for _ in range(3000)} | {*NASTY}
    names = {file_name(key) for key in keys}
    assert len(names) == len(keys)
    assert all(name == Path(name).name and not name.startswith(".") for name in names)
    assert max(map(len, names)) <= LONGEST_NAME


@pytest.mark.parametrize("key", NASTY)
def test_any_string_is_a_key(store, key):
    store.write("kind", key, {"key": key})
    store.append("kind", key, {"key": key})
    assert store.read("kind", key) == {"key": key} and store.lines("kind", key) == [{"key": key}]
    assert store.path("kind", key, ".npz").parent == store.root / "kind"


def test_long_keys_with_a_common_beginning_stay_apart(store):
    for end in "ab":
        store.write("kind", "x" * 500 + end, {"end": end})
    assert store.read("kind", "x" * 500 + "a") == {"end": "a"}


def test_a_kind_cannot_leave_the_root(store):
    assert store.root in store.path("../../x", "key", ".json").resolve().parents


def test_lines_see_what_others_appended(store):
    other = Store(store.root)
    for n in range(5):
        other.append("events", "tracker", {"n": n})
        assert [line["n"] for line in store.lines("events", "tracker")] == list(range(n + 1))


def test_lines_notice_a_file_that_was_replaced_or_edited(store):
    for n in range(3):
        store.append("events", "tracker", {"n": n})
    assert len(store.lines("events", "tracker")) == 3
    file = store.path("events", "tracker", ".jsonl")
    file.write_text('{"n": 7}\n')
    assert store.lines("events", "tracker") == [{"n": 7}]
    file.write_text('{"n": 8}\n')
    os.utime(file, ns=(1, 1))  # an edit of the same length
    assert store.lines("events", "tracker") == [{"n": 8}]


def test_the_list_of_lines_belongs_to_the_caller(store):
    store.append("events", "tracker", {"n": 1})
    store.lines("events", "tracker").clear()
    assert store.lines("events", "tracker") == [{"n": 1}]


def test_half_a_line_left_by_a_killed_writer_is_not_seen_and_not_kept(store):
    store.append("events", "tracker", {"n": 1})
    with open(store.path("events", "tracker", ".jsonl"), "a") as file:
        file.write('{"n": 2')
    assert store.lines("events", "tracker") == [{"n": 1}]
    store.append("events", "tracker", {"n": 3})
    assert store.lines("events", "tracker") == [{"n": 1}, {"n": 3}]


def test_bytes_are_kept_beside_records(store):
    path = store.path("indexes", "pictures", ".npz")
    store.write_bytes(path, b"\0\1")
    assert path.read_bytes() == b"\0\1" and json.dumps(store.all("indexes")) == "[]"
