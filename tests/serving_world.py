"""A workshop on forty pictures, done up to the campaign: what a search API needs behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import ranker
from helpers.catalog import SEEDS, load_catalog
from helpers.clustering import assign_clusters
from helpers.embeddings import embed_images
from helpers.interactions import remap_to_clusters, upload_interactions
from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.settings import read_settings
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.workshop import Workshop, connect

K = 8


class Trouble:
    """What the account's services meet: put ("personalize-runtime", "get_personalized_ranking") → an error into it."""

    def __init__(self):
        self.errors: dict[tuple[str, str], Exception] = {}

    def __call__(self, service: str, operation: str) -> Exception | None:
        return self.errors.get((service, operation))


def build_world(folder: Path) -> tuple[Workshop, Trouble]:
    """The workshop, and what its services meet, nothing at first."""
    trouble, settings = Trouble(), read_settings({"WORKSHOP_DATA": str(folder)})
    cloud = LocalCloud(settings.home / "cloud", weights=SEEDS / "titan_offline", faults=trouble)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpers.workshop.local_cloud", lambda settings: cloud)
        aws = connect(announce=False, settings=settings)
    aws.state["campaign_arn"], aws.state["tracking_id"] = _ranker_of(aws, _clusters_of(aws))
    return aws, trouble


def _clusters_of(aws: Workshop) -> dict[str, str]:
    """The cluster of each picture, once all of them are indexed."""
    catalog = load_catalog(aws.data).iloc[::80][:40].copy()
    vectors = embed_images([aws.data / file for file in catalog["file"]], embedder=aws.embedder, cache=aws.home / "v.sqlite")
    catalog["cluster"] = assign_clusters(vectors, vectors[:: len(vectors) // K][:K])
    create_index(aws.opensearch, aws.index_name, VECTOR_FIELD, embedder=aws.embedder)
    index_images(aws.opensearch, aws.index_name, [
        {"image_id": name, "title": row["title"], "cluster": row["cluster"], VECTOR_FIELD: vector}
        for (name, row), vector in zip(catalog.iterrows(), vectors, strict=True)
    ])  # fmt: skip
    aws.state["index_name"] = aws.index_name
    return catalog["cluster"].to_dict()


def _ranker_of(aws: Workshop, clusters: dict[str, str]) -> tuple[str, str]:
    """(campaign, tracking id), learned from clicks of fifty people who each like a few clusters."""
    personalize, rng = aws.client("personalize"), np.random.default_rng(0)
    names = list(clusters)
    clicks = pd.DataFrame({
        "user_id": [f"u{number % 50}" for number in range(1500)],
        "image_id": [names[(number % 50 + int(step)) % len(names)] for number, step in enumerate(rng.integers(0, 4, 1500))],
        "event_type": "view", "timestamp": np.arange(1500) + 1_700_000_000,
    })  # fmt: skip
    pause: dict[str, Any] = {"poll_seconds": 0}
    group = ranker.create_dataset_group(personalize, aws.name("group"), **pause)
    schema = (SEEDS / "interactions_schema.json").read_text()
    dataset = ranker.create_interactions_dataset(personalize, aws.name("interactions"), group, schema, **pause)
    uri = upload_interactions(remap_to_clusters(clicks, clusters), aws.client("s3"), aws.bucket, f"{aws.prefix}/interactions")
    imported = ranker.import_interactions(personalize, aws.name("import"), dataset, uri, aws.personalize_role_arn, **pause)
    _, tracking_id = ranker.create_event_tracker(personalize, aws.name("tracker"), group, **pause)
    solution = ranker.create_solution(personalize, aws.name("ranker"), group, **pause)
    version = ranker.train_solution_version(personalize, solution, imported, **pause)
    return ranker.deploy_campaign(personalize, aws.name("campaign"), version, **pause), tracking_id


def refuse(code: str, status: int = 400) -> ServiceError:
    """An error of AWS for `Trouble.errors`."""
    return ServiceError(code, "secret words of the service", status)
