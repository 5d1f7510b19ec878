"""Event logs as people have them: other names, other times, other encodings; what does not fit is counted and shown."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.event_log import read_event_log
from helpers.interactions import InteractionsError, remap_to_clusters, to_csv

IDS = ["a/cat.jpg", "a/dog.png", "b/cat.jpg", "bird.webp", "Füße.png"]
WHEN = 1_700_000_000
NO_TYPES = "no column of event types: each event counts as a view"


def log(tmp_path, text, encoding="utf-8", **options):
    path = tmp_path / "log.csv"
    path.write_bytes(text.encode(encoding))
    return read_event_log(path, IDS, **options)


def rows(found) -> dict[str, int]:
    return dict(zip(found.report["what"], found.report["rows"], strict=True))


@pytest.mark.parametrize(
    "time",
    [
        "1700000000", "1700000000.4", "1700000000000", "1700000000999", "1700000000000000", "1700000000000000000", "1.7e9",
        "2023-11-14T22:13:20Z", "2023-11-14 22:13:20", "2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20.123456Z",
        "20231114T221320Z",
    ],
)  # fmt: skip
def test_times_of_every_kind_become_seconds(tmp_path, time):
    found = log(tmp_path, f"user,image,event,time\nu1,bird.webp,view,{time}\n")
    assert found.events["timestamp"].tolist() == [WHEN]


@pytest.mark.parametrize("time", ["", "yesterday", "-5", "1960-01-01", "inf", "nan", "14/11/2023"])
def test_what_is_no_time_is_counted(tmp_path, time):
    found = log(tmp_path, f"user,image,event,time\nu1,bird.webp,view,{time}\nu1,bird.webp,view,{WHEN}\n")
    assert rows(found) == {"taken": 1, "left out: a time that can't be read, or before 1970": 1}


def test_times_may_be_mixed_and_events_come_oldest_first(tmp_path):
    times = {"u1": "2023-11-14T22:13:30Z", "u2": "1700000005000", "u3": "1700000000"}
    found = log(tmp_path, "user,image,time\n" + "".join(f"{user},bird,{time}\n" for user, time in times.items()))
    assert found.events["user_id"].tolist() == ["u3", "u2", "u1"]
    turned = {"times in milliseconds, turned into seconds": 1, "times as dates, turned into seconds": 1}
    assert rows(found) == {"taken": 3, NO_TYPES: 3, **turned}


def test_pictures_go_by_path_name_or_stem_and_unknown_and_shared_names_are_counted(tmp_path):
    names = ["a/cat.jpg", "./b/cat.jpg", "a\\dog.png", "dog.png", "dog", "Fu\u0308\u00dfe", "cat.jpg", "cat", "unicorn.png", ""]
    found = log(tmp_path, "user,image,time\n" + "".join(f"u,{name},{WHEN}\n" for name in names))
    assert found.events["image_id"].tolist() == ["a/cat.jpg", "b/cat.jpg", *["a/dog.png"] * 3, "Füße.png"]
    assert rows(found) == {
        "taken": 6, NO_TYPES: 10, "left out: no user or no picture": 1, "left out: a name that several pictures have": 2,
        "left out: a picture that is not in the folder": 1,
    }  # fmt: skip
    assert found.report["example"].tolist()[-1] == "unicorn.png"


def test_a_copy_s_clicks_count_for_the_picture_that_was_taken(tmp_path):
    found = log(tmp_path, f"user,image,time\nu,old/copy.jpg,{WHEN}\nu,copy,{WHEN}\n", same_as={"old/copy.jpg": "bird.webp"})
    assert found.events["image_id"].tolist() == ["bird.webp"] * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_separators_and_line_ends_are_found_out(tmp_path, encoding, separator, end):
    lines = [["Wer", "Photo", "Aktion", "When"], ["Jürgen", "Füße.png", "view", str(WHEN)]]
    text = end.join(separator.join(line) for line in lines) + end
    found = log(tmp_path, text, encoding, columns={"user_id": "Wer", "event_type": "Aktion"})
    assert found.events.values.tolist() == [["Jürgen", "Füße.png", "view", WHEN]]


def test_event_types_are_mapped_and_others_counted(tmp_path):
    text = f"user,image,event,time\nu,bird,like,{WHEN}\nu,bird,seen,{WHEN}\nu,bird,shared,{WHEN}\n"
    found = log(tmp_path, text, event_types={"like": "favorite", "seen": "view"})
    assert found.events["event_type"].tolist() == ["favorite", "view"]
    assert rows(found) == {"taken": 2, "left out: an event type without a name of ours": 1}


def test_without_event_types_everything_is_a_view(tmp_path):
    found = log(tmp_path, f"user,image,time\nu,bird,{WHEN}\n", event_types={"like": "favorite"})
    assert found.events["event_type"].tolist() == ["view"] and rows(found)[NO_TYPES] == 1


def test_what_comes_out_passes_the_remap_and_personalize_s_csv(tmp_path):
    text = f'user,image,event,time\n"Doe, ""J""",bird,view,{WHEN}\n{"x" * 300},bird,view,{WHEN}\n'
    found = log(tmp_path, text)
    assert found.events["user_id"].tolist() == ["Doe_ _J_"]
    assert to_csv(remap_to_clusters(found.events, {"bird.webp": "7"})).splitlines()[1] == b"Doe_ _J_,7,view,1700000000"


def test_a_short_row_and_an_empty_line_stop_nothing(tmp_path):
    assert rows(log(tmp_path, f"user,image,event,time\nu,bird\n\nu,bird,view,{WHEN},more\n"))["taken"] == 1


@pytest.mark.parametrize("text", ["", "user,image,time\n", "just words\nand more words\n", "\x00\x01"])
def test_what_is_no_table_says_so(tmp_path, text):
    with pytest.raises(InteractionsError, match="is no table"):
        log(tmp_path, text)


def test_a_column_that_cannot_be_found_is_asked_for(tmp_path):
    with pytest.raises(InteractionsError, match=r"Which column is the timestamp\? The log has user, image, x"):
        log(tmp_path, "user,image,x\n1,2,3\n")
    with pytest.raises(InteractionsError, match="no column 'who' for user_id"):
        log(tmp_path, "user,image,time\n1,2,3\n", columns={"user_id": "who"})
    with pytest.raises(InteractionsError, match="cannot be read"):
        read_event_log(tmp_path / "missing.csv", IDS)


def test_no_log_is_no_events():
    found = read_event_log(None, IDS)
    assert found.events.empty and rows(found) == {"taken": 0}
    assert list(found.events) == ["user_id", "image_id", "event_type", "timestamp"]
    assert isinstance(found.report, pd.DataFrame)
