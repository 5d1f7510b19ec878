"""helpers/interactions.py: the remap, the minimums and the upload."""

import io

import numpy as np
import pandas as pd
import pytest

from helpers.interactions import (
    InteractionsError,
    check_minimums,
    remap_to_clusters,
    to_csv,
    upload_interactions,
)


def clicks(n_users=25, n_each=40, **columns):
    n = n_users * n_each
    table = {
        "user_id": np.repeat([f"u{i}" for i in range(n_users)], n_each),
        "image_id": [f"cat-{i % 10}" for i in range(n)],
        "event_type": "view",
        "timestamp": np.arange(n) + 1_700_000_000,
    }
    return pd.DataFrame(table | columns)


CLUSTER_OF = {f"cat-{i}": str(i % 3) for i in range(10)}


def test_every_click_is_remapped_by_its_picture_in_order():
    table = remap_to_clusters(clicks(), CLUSTER_OF)
    assert list(table.columns) == ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"]
    assert table["ITEM_ID"].tolist()[:4] == ["0", "1", "2", "0"]
    assert table["TIMESTAMP"].dtype == np.int64
    assert table["USER_ID"].tolist() == clicks()["user_id"].tolist()


def test_pictures_outside_the_catalogue_are_named():
    with pytest.raises(InteractionsError, match=r"2 clicked pictures.*dog-1, dog-2.*notebooks 01 and 02"):
        remap_to_clusters(clicks(image_id=["cat-1", "dog-2", "dog-1", "cat-3"] * 250), CLUSTER_OF)


def test_a_missing_column_is_named():
    with pytest.raises(InteractionsError, match="no column event_type, timestamp"):
        remap_to_clusters(clicks()[["user_id", "image_id"]], CLUSTER_OF)


@pytest.mark.parametrize(
    ("timestamp", "message"),
    [
        (1_700_000_000_000, "milliseconds"),
        (1.5, "whole numbers"),
        ("2024-01-01", "whole numbers"),
    ],
)
def test_times_that_are_no_epoch_seconds_are_refused(timestamp, message):
    with pytest.raises(InteractionsError, match=message):
        remap_to_clusters(clicks(timestamp=timestamp), CLUSTER_OF)


def test_the_minimums_are_counted_after_the_remap():
    counts = check_minimums(remap_to_clusters(clicks(), CLUSTER_OF))
    assert counts == {"interactions": 1000, "users": 25, "users_with_two": 25, "clusters": 3}


@pytest.mark.parametrize(("n_users", "n_each"), [(24, 50), (27, 37), (1000, 1)])
def test_too_little_data_is_refused_with_the_next_step(n_users, n_each):
    with pytest.raises(InteractionsError, match=r"1,000 interactions and 25 users.*longer click log"):
        check_minimums(remap_to_clusters(clicks(n_users, n_each), CLUSTER_OF))


def test_the_csv_reads_back_and_has_no_quotes():
    table = remap_to_clusters(clicks(), CLUSTER_OF)
    data = to_csv(table)
    assert b'"' not in data and data.startswith(
        b"USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu0,0,view,1700000000\n"
    )
    pd.testing.assert_frame_equal(
        pd.read_csv(io.BytesIO(data), dtype={"ITEM_ID": str}), table, check_dtype=False
    )


@pytest.mark.parametrize("user", ["Doe, Ann", 'the "cat"', "two\nlines"])
def test_an_id_that_would_need_quotes_is_refused(user):
    with pytest.raises(InteractionsError, match="Replace these characters"):
        to_csv(remap_to_clusters(clicks(user_id=user), CLUSTER_OF))


def test_the_same_table_lands_in_the_same_place_and_another_one_elsewhere():
    class Bucket(dict):
        def put_object(self, *, Bucket, Key, Body, ContentType):
            self[f"s3://{Bucket}/{Key}"] = Body

    s3, table = Bucket(), remap_to_clusters(clicks(), CLUSTER_OF)
    first = upload_interactions(table, s3, "b", "comic/personalize")
    assert upload_interactions(table.copy(), s3, "b", "comic/personalize") == first
    assert upload_interactions(table[::-1], s3, "b", "comic/personalize") != first
    assert s3[first] == to_csv(table) and first.startswith("s3://b/comic/personalize/interactions-")


@pytest.mark.parametrize("column", ["user_id", "image_id", "event_type", "timestamp"])
def test_rows_that_lack_something_are_counted(column):
    clicks = pd.DataFrame({"user_id": ["u", "v"], "image_id": ["a", "a"], "event_type": ["view"] * 2, "timestamp": [1, 2]})
    clicks[column] = clicks[column].astype(object)
    clicks.loc[1, column] = None
    with pytest.raises(InteractionsError, match="1 rows of the click log lack"):
        remap_to_clusters(clicks, {"a": "7"})
