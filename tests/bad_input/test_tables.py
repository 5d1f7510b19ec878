"""What is handed over: documents, click logs, catalogues, vectors, k, scores. Nothing is half written."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from bad_input.told import refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.catalog import COLUMNS, load_catalog, load_interactions
from helpers.clustering import assign_clusters, train_kmeans, upload_vectors
from helpers.fusion import fuse, normalize
from helpers.interactions import check_minimums, remap_to_clusters, to_csv
from helpers.vector_index import VECTOR_FIELD, index_images

quick = settings(max_examples=80, deadline=None, derandomize=True)
BAD_MEMBERS = [
    *[("image_id", bad) for bad in ("", "a" * 513, "\ud800", None, ["a"], 1.5, b"x")],
    *[("cluster", bad) for bad in (None, 7.5, math.nan, math.inf, [1], "\ud800")],
    *[
        (VECTOR_FIELD, bad)
        for bad in ([math.nan] * 1024, [math.inf] * 1024, [1e39] * 1024, ["a"] * 1024, "abc", [[1] * 1024], [], [1] * 3)
    ],
    ("title", "\ud800"),
    ("unknown", 1),
]


@pytest.mark.parametrize(("member", "value"), BAD_MEMBERS, ids=lambda value: ascii(value)[:25])
def test_a_bad_document_is_named_and_no_other_is_sent(small, member, value):
    good = {"title": "", "cluster": "1", VECTOR_FIELD: [0.1] * 1024}
    documents = [good | {"image_id": "new"} | {member: value}]
    assert refusal(lambda: index_images(small.aws.opensearch, small.aws.index_name, documents))
    assert small.aws.opensearch.count(index=small.aws.index_name)["count"] == small.n_documents


@pytest.mark.parametrize("document", [{}, {"title": "x"}, "x", None, 5, [1]], ids=str)
def test_so_is_what_is_no_document(small, document):
    assert refusal(lambda: index_images(small.aws.opensearch, small.aws.index_name, [document]))


BAD_CLICKS = [
    *[
        (column, bad)
        for column in ("user_id", "image_id", "event_type")
        for bad in ("", None, math.nan, "a,b", '"', "\n", "\ud800", "a" * 257)
    ],
    *[("timestamp", bad) for bad in ("", None, "now", "2020-01-01", -1, 1.5, math.nan, math.inf, 10**12, 10**30, [1], "\x00")],
]


@pytest.mark.parametrize(("column", "value"), BAD_CLICKS, ids=lambda value: ascii(value)[:20])
def test_a_bad_click_is_refused(small, column, value):
    clicks = small.clicks.head(3).astype(object).copy()
    clicks.at[0, column] = value
    assert refusal(lambda: to_csv(remap_to_clusters(clicks, small.cluster_of)))


@pytest.mark.parametrize(
    "log", [None, "x", [], 5, pd.DataFrame(), pd.DataFrame({"user_id": ["u"]})], ids=lambda log: type(log).__name__
)
def test_what_is_no_click_log_is_refused(small, log):
    assert refusal(lambda: remap_to_clusters(log, small.cluster_of))


@pytest.mark.parametrize("cluster", [None, 7, 7.0, "", math.nan, b"7"], ids=str)
def test_a_cluster_that_is_no_string_is_refused(small, cluster):
    """7 and "7" would be two items, and 7.0 a third."""
    assert refusal(lambda: remap_to_clusters(small.clicks, dict.fromkeys(small.cluster_of, cluster)))


@pytest.mark.parametrize(
    "table", [pd.DataFrame(), pd.DataFrame({"USER_ID": [], "ITEM_ID": []}), pd.DataFrame({"USER_ID": ["u"]})], ids=str
)
def test_too_little_to_train_on_is_said(table):
    assert refusal(lambda: check_minimums(table))


HEADER = ",".join(COLUMNS) + "\n"
BAD_CATALOGS = [
    b"",
    b"\n",
    b"\x00" * 50,
    b"\xff\xfe\x00",
    HEADER.encode("utf-16"),
    b"PK\x03\x04" + b"\x00" * 100,
    HEADER.replace(",", ";").encode(),
    HEADER.encode() + b'"a,b',
    HEADER.encode() + b"a,b,c,d,e,f,g,h\n",
    HEADER.encode() + b",b,c,d,e,f,g\n",
    HEADER.encode() + b"a,,c,d,e,f,g\n",
    HEADER.encode() + b"a,b,c,d,e,f,g\na,h,c,d,e,f,g\n",
    b"image_id,file\na,b\n",
    HEADER.encode() + b"a,b,caf\xe9,d,e,f,g\n",
]


@pytest.mark.parametrize("content", BAD_CATALOGS, ids=lambda content: ascii(content)[:30])
def test_a_catalogue_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "catalog.csv").write_bytes(content)
    assert refusal(lambda: load_catalog(tmp_path))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'user_id,image_id\n"u', b"user_id,image_id\nu,p,view\n"], ids=ascii)
def test_a_log_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "interactions.csv").write_bytes(content)
    assert refusal(lambda: load_interactions(tmp_path))


def test_a_catalogue_with_a_mark_at_its_start_and_any_letters_is_read(tmp_path):
    (tmp_path / "catalog.csv").write_text("\ufeff" + HEADER + "001,b,ü 😀 <b>,d,e,f,g\n", encoding="utf-8")
    assert load_catalog(tmp_path).loc["001", "title"] == "ü 😀 <b>"


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "catalog.csv").mkdir()
    assert refusal(lambda: load_catalog(tmp_path))


BAD_MATRICES = [
    None,
    [],
    5,
    "x",
    np.zeros(4),
    np.zeros((0, 4)),
    np.zeros((3, 0)),
    np.zeros((2, 2, 2)),
    np.full((3, 4), math.nan),
    np.full((3, 4), math.inf),
    np.array([["a"]]),
    [[1, 2], [3]],
]


@pytest.mark.parametrize("vectors", BAD_MATRICES, ids=lambda vectors: ascii(vectors)[:30])
def test_vectors_that_are_none_are_not_uploaded(small, vectors):
    before = _keys(small.aws)
    assert refusal(lambda: upload_vectors(small.aws, vectors))
    assert _keys(small.aws) == before


def _keys(aws):
    return {item["Key"] for item in aws.client("s3").list_objects_v2(Bucket=aws.bucket)["Contents"]}


@pytest.mark.parametrize(
    "pair",
    [
        (np.zeros((2, 3)), np.zeros((2, 4))),
        (None, np.ones((2, 3))),
        (np.ones((2, 3)), np.zeros((0, 3))),
        (np.full((2, 3), math.nan), np.ones((2, 3))),
    ],
    ids=lambda pair: ascii(pair)[:40],
)
def test_vectors_without_a_nearest_centroid_are_refused(pair):
    assert refusal(lambda: assign_clusters(*pair))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("k", bad) for bad in (0, -1, 1.5, "3", None, math.nan)],
        *[("feature_dim", bad) for bad in (0, -1, "x", None, 1.5)],
        *[("vectors_uri", bad) for bad in ("", "s3://", "http://x/y", "/etc/passwd", None, 5, "s3://../x", "s3://B/x")],
    ],
    ids=str,
)
def test_a_training_that_cannot_be_is_not_started(small, name, value):
    request = {"vectors_uri": f"s3://{small.aws.bucket}/vectors", "k": 3, "feature_dim": 1024} | {name: value}
    assert refusal(lambda: train_kmeans(small.aws, **request))
    assert small.aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []


@pytest.mark.parametrize(
    ("search", "taste"),
    [
        ([math.nan], [1]),
        ([1], [math.nan]),
        ([1], [math.inf]),
        (["a"], [1]),
        ([1], ["a"]),
        ([None], [1]),
        ([1, 2], [1]),
        ([1j], [1]),
    ],
    ids=str,
)
def test_scores_that_are_none_are_refused(search, taste):
    assert refusal(lambda: fuse(search, taste))


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@quick
@given(scores=st.lists(NUMBERS, min_size=1))
def test_any_scores_are_stretched_from_0_to_1_and_keep_their_order(scores):
    stretched = normalize(scores)
    assert all(0 <= score <= 1 for score in stretched)
    assert [stretched[i] for i in np.argsort(scores, kind="stable")] == sorted(stretched)


@quick
@given(st.lists(st.tuples(NUMBERS, st.none() | st.floats(0, 1)), max_size=30), st.floats(0, 1))
def test_any_candidates_are_fused_each_once(candidates, weight):
    fused = fuse([search for search, _ in candidates], [taste for _, taste in candidates], weight)
    assert sorted(one.index for one in fused) == list(range(len(candidates)))
    assert all(0 <= one.score <= 1 + 1e-9 for one in fused)


@quick
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20), st.integers(-10, 2 * 10**10)), min_size=1, max_size=5))
def test_any_click_log_becomes_a_csv_that_reads_back_or_is_refused(rows):
    clicks = pd.DataFrame(
        {
            "user_id": [u for u, _, _ in rows],
            "image_id": "p",
            "event_type": [e for _, e, _ in rows],
            "timestamp": [t for _, _, t in rows],
        }
    )
    made = []
    if refusal(lambda: made.append(to_csv(remap_to_clusters(clicks, {"p": "7"})))) is None:
        lines = made[0].decode().split("\n")[1:-1]
        assert [line.split(",") for line in lines] == [[user, "7", event, str(time)] for user, event, time in rows]
