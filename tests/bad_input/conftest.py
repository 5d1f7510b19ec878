"""A small workshop that can search and rank, made once: 60 pictures of noise in ten clusters, 50 users."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers import ranker
from helpers.catalog import SEEDS
from helpers.interactions import remap_to_clusters, upload_interactions
from helpers.settings import read_settings
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.workshop import connect


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path_factory.mktemp("bad"))}))
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 1024)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    cluster_of = {f"p{number}": str(number % 10) for number in range(60)}
    create_index(aws.opensearch, aws.index_name, embedder=aws.embedder)
    documents = [
        {"image_id": name, "title": name, "cluster": cluster, VECTOR_FIELD: vector}
        for (name, cluster), vector in zip(cluster_of.items(), vectors, strict=True)
    ]
    index_images(aws.opensearch, aws.index_name, documents)
    clicks = pd.DataFrame(
        {
            "user_id": [f"u{number % 50}" for number in range(1500)],
            "image_id": rng.choice(list(cluster_of), 1500),
            "event_type": "view",
            "timestamp": np.arange(1500) + 1_700_000_000,
        }
    )
    personalize, pause = aws.client("personalize"), {"poll_seconds": 0}
    group = ranker.create_dataset_group(personalize, aws.name("group"), **pause)
    schema = (SEEDS / "interactions_schema.json").read_text()
    dataset = ranker.create_interactions_dataset(personalize, aws.name("interactions"), group, schema, **pause)
    _, tracking_id = ranker.create_event_tracker(personalize, aws.name("tracker"), group, **pause)
    solution = ranker.create_solution(personalize, aws.name("ranker"), group, **pause)
    uri = upload_interactions(remap_to_clusters(clicks, cluster_of), aws.client("s3"), aws.bucket, "clicks")
    imported = ranker.import_interactions(personalize, aws.name("import"), dataset, uri, aws.personalize_role_arn, **pause)
    version = ranker.train_solution_version(personalize, solution, imported, **pause)
    aws.state["campaign_arn"] = ranker.deploy_campaign(personalize, aws.name("campaign"), version, **pause)
    aws.state["index_name"] = aws.index_name
    return SimpleNamespace(
        aws=aws,
        vectors=vectors,
        cluster_of=cluster_of,
        clicks=clicks,
        tracking_id=tracking_id,
        engine=aws.search_engine(),
        n_documents=60,
        runtime=aws.client("personalize-runtime"),
        events=aws.client("personalize-events"),
    )
