"""A ranker and an index of one's own: beside the workshop's, trained anew on other events, and absent with too few."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from odd_files import picture

from helpers import ranker
from helpers.batch_embedding import collect_batch, start_batch
from helpers.cleanup import delete_everything, inventory
from helpers.index_versions import publish
from helpers.library import embed_library, read_library
from helpers.own_index import load_version
from helpers.own_ranker import add_events, train_own_ranker
from helpers.ranking_client import rank_clusters
from helpers.settings import read_settings
from helpers.workshop import connect


@pytest.fixture
def aws(tmp_path):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path / "data")}))


def events(version, n=1200, fans="1"):
    """Users click on the clusters 1 to 6 of a version; fan clicks on one of them."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame({
        "USER_ID": [f"u{i % 40}" for i in range(n)],
        "ITEM_ID": [f"{version}-{c}" for c in rng.integers(1, 7, n)],
        "EVENT_TYPE": "view", "TIMESTAMP": np.arange(n) + 1_700_000_000,
    })  # fmt: skip
    table.loc[table.index[::60], ["USER_ID", "ITEM_ID"]] = ["fan", f"{version}-{fans}"]
    return table


def ranked(aws, campaign, version):
    return rank_clusters(aws.client("personalize-runtime"), campaign, "fan", [f"{version}-{c}" for c in range(1, 7)])


def test_clusters_of_the_next_version_take_the_place_of_the_old_ones(aws):
    campaign = train_own_ranker(aws, events(1))
    assert next(iter(ranked(aws, campaign, 1))) == "1-1"
    assert train_own_ranker(aws, events(2, fans="5")) == campaign
    assert next(iter(ranked(aws, campaign, 2))) == "2-5"
    assert set(ranked(aws, campaign, 1).values()) == {None}  # unknown, and never taken for another
    names = [item["name"] for item in aws.client("personalize").list_dataset_groups()["datasetGroups"]]
    assert names == ["workshop-own-group"]


def test_events_that_are_added_count_from_the_next_training_on(aws):
    campaign = train_own_ranker(aws, events(1))
    more = events(1, fans="9").query("USER_ID == 'fan'").assign(TIMESTAMP=1_800_000_000)
    imported = add_events(aws, more, mode="INCREMENTAL")
    personalize, wished = aws.client("personalize"), ["1-1", "1-9"]
    runtime = aws.client("personalize-runtime")
    assert rank_clusters(runtime, campaign, "fan", wished)["1-9"] is None
    [solution] = personalize.list_solutions()["solutions"]
    version = ranker.train_solution_version(personalize, solution["solutionArn"], imported, poll_seconds=0)
    ranker.deploy_campaign(personalize, aws.name("own-campaign"), version, poll_seconds=0)
    assert None not in rank_clusters(runtime, campaign, "fan", wished).values()  # the old ones still count, too


def test_clean_up_finds_all_of_it(aws, tmp_path):
    (tmp_path / "in").mkdir()
    picture(1).save(tmp_path / "in" / "a.png")
    library, vectors = embed_library(read_library(tmp_path / "in"), embedder=aws.embedder, cache=tmp_path / "v.sqlite")
    alias = aws.name("images-own")
    for number in (1, 2):
        publish(aws.opensearch, alias, load_version(aws, alias, number, library, vectors, {"a.png": "1"}))
    collect_batch(aws, start_batch(aws, list(library.pictures["file"])), cache=tmp_path / "v.sqlite")
    train_own_ranker(aws, events(1))
    assert {"campaign", "schema", "opensearch index", "files in S3"} <= {resource.kind for resource in inventory(aws)}
    assert delete_everything(aws) == []
    personalize = aws.client("personalize")
    assert not personalize.list_schemas()["schemas"] and not personalize.list_dataset_groups()["datasetGroups"]
    assert not aws.opensearch.indices.get(index="*") and list(aws.state) == []


def test_with_too_few_events_there_is_no_ranker_and_a_reason(aws, capsys):
    assert train_own_ranker(aws, events(1).head(10)) is None
    assert train_own_ranker(aws, events(1).head(0)) is None
    assert "at least 1,000 interactions" in capsys.readouterr().out
    assert aws.client("personalize").list_dataset_groups()["datasetGroups"] == []


def test_a_version_is_loaded_afresh_or_added_to(aws, tmp_path):
    for number in range(4):
        (tmp_path / f"p{number % 2}").mkdir(exist_ok=True)
        picture(number).save(tmp_path / f"p{number % 2}" / f"{number}.png")
    one, two = read_library(tmp_path / "p0"), read_library(tmp_path / "p1")
    vectors = np.random.default_rng(0).normal(size=(2, 1024)).astype(np.float32)

    def load(library, fresh):
        cluster_of = dict.fromkeys(library.pictures.index, "1-0")
        name = load_version(aws, "workshop-images-own", 1, library, vectors, cluster_of, fresh=fresh)
        return aws.opensearch.count(index=name)["count"]

    assert [load(one, True), load(two, False), load(two, True)] == [2, 4, 2]
    assert publish(aws.opensearch, "workshop-images-own", "workshop-images-own-v1").endswith("-v1")
