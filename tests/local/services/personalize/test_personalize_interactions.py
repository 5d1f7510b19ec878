"""Reading click logs and putting them together with live events."""

import pytest

from helpers.local.errors import ServiceError
from helpers.local.services.personalize_interactions import (
    CreateFailed,
    Interaction,
    Interactions,
    check_minimums,
    read_csv,
    schema_columns,
)
from helpers.local.store import Store

COLUMNS = {"USER_ID": True, "ITEM_ID": True, "EVENT_TYPE": True, "TIMESTAMP": True}


def read(data: bytes, columns=COLUMNS):
    return list(read_csv(lambda uri: data, "s3://b/k", columns))


def test_columns_come_in_any_order_with_extra_ones_quotes_and_a_byte_order_mark():
    data = '\ufeffTIMESTAMP,note,ITEM_ID,USER_ID,EVENT_TYPE\r\n17,x,"7","ann, b",view\r\n\r\n'.encode()
    assert read(data) == [Interaction("ann, b", "7", "view", 17)]


def test_a_column_that_the_schema_lets_be_null_may_be_missing():
    schema = '{"fields": [{"name": "USER_ID", "type": "string"}, {"name": "EVENT_TYPE", "type": ["null", "string"]}]}'
    assert schema_columns(schema) == {"USER_ID": True, "EVENT_TYPE": False}
    assert read(b"USER_ID,ITEM_ID,TIMESTAMP\na,7,17\n", {**COLUMNS, "EVENT_TYPE": False}) == [
        Interaction("a", "7", "", 17)
    ]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ServiceError("AccessDenied", "no"), "Insufficient privileges for accessing data in Amazon S3."),
        (ServiceError("NoSuchKey", "no"), "Invalid Data location."),
        (FileNotFoundError("no"), "Invalid Data location."),
    ],
)
def test_a_file_that_cannot_be_read_gives_aws_words(error, text):
    def fail(uri):
        raise error

    with pytest.raises(CreateFailed, match=text):
        read_csv(fail, "s3://b/k", COLUMNS)


@pytest.mark.parametrize("row", ["a,7,view", "a,,view,17", "a,7,view,soon", f"{'a' * 257},7,view,17"])
def test_a_bad_row_deep_in_a_file_fails_the_import_and_keeps_the_last_one(tmp_path, row):
    interactions = Interactions(Store(tmp_path), {"offline": {"key": "k", "group": "g", "first_event": 0}})
    interactions.replace([Interaction("ann", "7", "view", 17)])
    data = ("USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n" + 60_000 * "bob,8,view,18\n" + row).encode()
    for keep in (interactions.replace, interactions.add):
        with pytest.raises(CreateFailed):
            keep(read_csv(lambda uri: data, "s3://b/k", COLUMNS))
        assert interactions.imported() == [Interaction("ann", "7", "view", 17)]
    assert not list((tmp_path / ".drafts").iterdir())


def test_an_incremental_import_comes_after_what_was_there(tmp_path):
    interactions = Interactions(Store(tmp_path), {"offline": {"key": "k", "group": "g", "first_event": 0}})
    first, second = Interaction("ann", "7", "view", 17), Interaction("bob", "8", "view", 3)
    interactions.add([first])
    interactions.add([second])
    assert interactions.imported() == [first, second]


def test_what_is_no_text_is_no_valid_location():
    with pytest.raises(CreateFailed, match="Invalid Data location"):
        read_csv(lambda uri: b"USER_ID,ITEM_ID\n" + b"a" * (1 << 20) + b"\xff\n", "s3://b/k", COLUMNS)


def test_an_empty_file_has_none_of_the_columns():
    with pytest.raises(CreateFailed, match=r"\[USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP\]"):
        read(b"")


@pytest.mark.parametrize(
    ("n_users", "n_each", "enough"), [(25, 40, True), (24, 42, False), (25, 39, False), (1000, 1, False)]
)
def test_the_minimums_are_1000_interactions_and_25_users_with_two(n_users, n_each, enough):
    events = [Interaction(f"u{user}", "7", "view", 0) for user in range(n_users) for _ in range(n_each)]
    if enough:
        check_minimums(events, None)
    else:
        with pytest.raises(CreateFailed, match="Dataset has fewer than"):
            check_minimums(events, None)


def test_a_dataset_made_anew_does_not_inherit_the_events_of_the_old_one(tmp_path):
    store = Store(tmp_path)

    def dataset(first_event):
        return Interactions(
            store, {"offline": {"key": "g/INTERACTIONS", "group": "g", "first_event": first_event}}
        )

    for item in ("1", "2", None, "3"):
        line = {
            "eventId": f"e{item}",
            "sessionId": "s",
            "eventType": "view",
            **({"itemId": item} if item else {}),
        }
        store.append("personalize/events", "g", line)
    assert [event.item_id for event in dataset(0).recorded()] == ["1", "2", "3"]
    assert [event.item_id for event in dataset(2).recorded()] == ["3"]
    assert dataset(2).n_lines() == 4


def test_imported_interactions_come_back_as_they_were(tmp_path):
    interactions = Interactions(Store(tmp_path), {"offline": {"key": "k", "group": "g", "first_event": 0}})
    kept = [Interaction('a "b", c\nd', "7", "view", 17), Interaction("ümlaut", "8", "", 3)]
    assert interactions.imported() == []
    interactions.replace(kept)
    assert interactions.imported() == kept
    interactions.delete()
    assert interactions.imported() == []
