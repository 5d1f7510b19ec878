"""The table of sizes, minutes and dollars: its constants are the data's, its limits bind where they should."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest
from opensearchpy.serializer import JSONSerializer

from helpers import scale
from helpers.catalog import load_catalog, load_interactions
from helpers.costs import read_prices
from helpers.index_documents import source_of
from helpers.index_memory import index_memory
from helpers.interactions import remap_to_clusters, to_csv
from helpers.kmeans_formats import to_recordio
from helpers.scale import SIZES, UNKNOWN, binding_limits, compare_sizes, scale_table
from helpers.settings import SHIPPED_DATA
from helpers.vector_index import VECTOR_FIELD, index_images


@pytest.fixture(scope="module")
def tables():
    return {size.name: scale_table(size.pictures, size.users, size.queries_per_second) for size in SIZES}


def dollars(table: pd.DataFrame, unit: str) -> pd.Series:
    rows = table.xs(unit, level="unit")["amount"]
    return rows[rows != UNKNOWN].astype(float)


def test_the_workshop_s_figures_are_those_of_its_data():
    catalog, events = load_catalog(SHIPPED_DATA), load_interactions(SHIPPED_DATA)
    assert (len(catalog), catalog["subject"].nunique()) == (scale.PICTURES, scale.SUBJECTS)
    assert (len(events), events["user_id"].nunique()) == (scale.EVENTS, scale.USERS)
    sizes = [(SHIPPED_DATA / file).stat().st_size for file in catalog["file"]]
    assert np.mean(sizes) == pytest.approx(scale.PICTURE_BYTES, rel=0.01)
    clusters = {image: str(place % scale.CLUSTERS) for place, image in enumerate(catalog.index)}
    assert len(to_csv(remap_to_clusters(events, clusters))) / len(events) == pytest.approx(scale.EVENT_BYTES, rel=0.01)


def test_the_sizes_of_files_and_requests_are_those_that_we_write():
    assert len(to_recordio(np.zeros((1, scale.D)))) == scale.RECORD_BYTES
    assert inspect.signature(index_images).parameters["chunk_size"].default == scale.BULK
    vectors = np.random.default_rng(0).normal(size=(50, scale.D))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    titled = {"image_id": "cat-photographic-01", "cluster": "17", "title": "a photographed cat"}
    sent = [source_of(titled | {VECTOR_FIELD: vector.astype(np.float32)}, VECTOR_FIELD) for vector in vectors]
    documents = [JSONSerializer().dumps(source) for source in sent]
    assert np.mean([len(text) for text in documents]) == pytest.approx(scale.DOCUMENT_BYTES, rel=0.02)


def test_amounts_follow_their_formulas(tables):
    prices, large = read_prices(), tables["10 M"]["amount"]
    assert large["01 embed", "vectors on disk", "GB"] == pytest.approx(4 * 1024 * 1e7 / 1e9)
    assert large["01 embed", "Titan, one by one", "$ once"] == pytest.approx(1e7 * prices["titan_image"].dollars)
    assert large["01 embed", "Titan, one by one", "minutes"] == 5000
    assert large["03 index", "memory at 32x", "GB"] == pytest.approx(index_memory(1e7, compression=32) / 1e9)
    hour = prices["personalize_v2_campaign_hour"].dollars
    assert large["05 train", "campaign", "$ a month"] == pytest.approx(1000 * hour * 730)
    training = large["05 train", "training", "$ once"]
    assert training == pytest.approx(5e6 * 90_325 / 2_403 / 1000 * prices["personalize_v2_training_1k"].dollars)
    assert large["05 train", "training every week", "$ more a month"] / training == pytest.approx(365 / 84)


def test_an_idle_campaign_bills_its_minimum(tables):
    campaigns = {name: table["amount"]["05 train", "campaign", "$ a month"] for name, table in tables.items()}
    assert campaigns["workshop"] == scale_table(3400, 2403, 1)["amount"]["05 train", "campaign", "$ a month"]
    assert campaigns["100 k"] == pytest.approx(10 * campaigns["workshop"])


def test_the_sum_holds_what_is_charged_and_not_the_alternatives(tables):
    for table in tables.values():
        for unit in ("$ once", "$ a month"):
            *parts, total = dollars(table, unit)
            assert total == pytest.approx(sum(parts))
        assert not set(dollars(table, "$ a month").index) & set(dollars(table, "$ instead").index)


def test_what_no_source_tells_is_unknown(tables):
    assert tables["workshop"]["amount"]["02 cluster", "training", "minutes"] == 5
    for name in ("100 k", "10 M"):
        amounts = tables[name]["amount"]
        assert amounts["02 cluster", "training", "minutes"] == amounts["02 cluster", "training", "$ once"] == UNKNOWN
        assert amounts["05 train", "import and training", "minutes"] == UNKNOWN
    assert tables["workshop"]["amount"]["01 embed", "Titan, in batch", "minutes"] == UNKNOWN


@pytest.mark.parametrize(
    ("size", "quantity", "words"),
    [
        ((3400, 2403, 0.1), "campaign", "minProvisionedTPS"),
        ((3400, 20, 0.1), "training rows", "1,000 events"),
        ((100_000, 50_000, 10), "clusters", "over 500"),
        ((100_000, 50_000, 10), "pictures of a subject", "200 candidates"),
        ((10_000_000, 5_000_000, 1000), "pictures of a subject", "k ≤ 10,000"),
        ((200_000, 50_000, 10), "pictures of a subject", "200 candidates"),
        ((200_020, 50_000, 10), "pictures of a subject", "k ≤ 10,000"),
        ((10_000_000, 5_000_000, 1000), "pictures", "over 5,000,000"),
        ((10_000_000, 5_000_000, 1000), "domain at 1x", "r6g.4xlarge"),
        ((10_000_000, 5_000_000, 1000), "clicks recorded", "1,000 PutEvents"),
        ((10_000_000, 5_000_000, 501), "campaign", "over 500 a second"),
    ],
)
def test_a_limit_that_binds_is_a_note(size, quantity, words):
    notes = scale_table(*size).xs(quantity, level="quantity")["note"]
    assert any(words in note for note in notes)


def test_a_limit_that_does_not_bind_is_silent(tables):
    for quantity in ("clusters", "pictures of a subject", "training rows", "clicks recorded", "pictures", "domain at 1x"):
        assert set(tables["workshop"].xs(quantity, level="quantity")["note"]) == {""}
    assert "over 5,000,000" in scale_table(100, 100, 1, clusters=5_000_001).xs("clusters", level="quantity")["note"].iloc[0]
    assert scale_table(10**7, 10**6, 500).xs("campaign", level="quantity")["note"].iloc[0] == ""


def test_every_row_has_its_formula_and_its_source_and_fits_a_column(tables):
    for table in tables.values():
        assert table.index.is_unique
        for column in ("formula", "source"):
            assert table[column].str.len().between(1, pd.get_option("display.max_colwidth")).all()


def test_sizes_stand_side_by_side_with_three_digits():
    shown = compare_sizes("03")
    assert list(shown.columns) == [*(size.name for size in SIZES), "formula", "source"]
    assert set(shown.index.get_level_values("step")) == {"03 index"}
    assert tuple(shown.loc[("03 index", "memory at 1x", "GB")][:3]) == ("0.0158", "0.465", "46.5")
    assert shown["10 M"]["03 index", "bulk load", "requests"] == "50,000"
    assert len(compare_sizes()) > len(shown)


def test_limits_are_sentences_by_step():
    everything, step = binding_limits(), binding_limits("06")
    assert step and set(step) < set(everything)
    assert all(" · 06 search · " in sentence for sentence in step)


@pytest.mark.parametrize("size", [(0, 1, 1), (1, 0, 1), (1, 1, -1)])
def test_an_impossible_size_is_an_error(size):
    with pytest.raises(ValueError, match="at least one picture"):
        scale_table(*size)
