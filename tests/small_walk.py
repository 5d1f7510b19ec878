"""Every helper that talks to AWS, in order, on a handful of pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import ranker
from helpers.batch_embedding import collect_batch, start_batch
from helpers.campaign_schedule import delete_campaign_after, keep_campaign
from helpers.catalog import SEEDS, load_catalog
from helpers.cleanup import clean_up_plan, delete_everything, inventory_by_tag
from helpers.clustering import assign_clusters, read_centroids, start_for_each_k, train_kmeans, upload_vectors
from helpers.embeddings import embed_images
from helpers.interactions import remap_to_clusters, upload_interactions
from helpers.model_lifecycle import check_model_lifecycle
from helpers.preflight import preflight
from helpers.ranking_client import record_event
from helpers.running import running
from helpers.search import personalized_search
from helpers.stack import TEMPLATE, delete_stack, launch_stack, stack_resources
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.waiting import WaitError

N_PICTURES, K = 40, 6


def raise_the_stack(aws: Any) -> None:
    """A stack that fails because a name is taken, is deleted and launched again; then one that is found outdated."""
    s3, cloudformation, taken = aws.client("s3"), aws.client("cloudformation"), "workshop-us-east-1-000000000000"
    s3.create_bucket(Bucket=taken)
    with pytest.raises(WaitError, match="already exists"):
        launch_stack(aws)
    s3.delete_bucket(Bucket=taken)
    delete_stack(aws)
    launch_stack(aws)
    older = TEMPLATE.read_text(encoding="utf-8").replace("RetentionInDays: 14", "RetentionInDays: 7")
    cloudformation.update_stack(StackName=aws.prefix, TemplateBody=older, Capabilities=["CAPABILITY_NAMED_IAM"],
                                Parameters=[{"ParameterKey": "Prefix", "UsePreviousValue": True}])  # fmt: skip
    launch_stack(aws)
    assert len(stack_resources(aws)) == 10


def walk(aws: Any) -> None:
    """Every helper that talks to AWS, from pictures to a personal answer, on a handful of pictures, and clean-up."""
    assert "✗" not in repr(preflight(aws))
    raise_the_stack(aws)
    assert aws.client("sts").get_caller_identity()["Account"] and aws.client("s3").head_bucket(Bucket=aws.bucket)
    catalog, personalize = load_catalog(aws.data).iloc[::80][:N_PICTURES].copy(), aws.client("personalize")
    files = [aws.data / file for file in catalog["file"]]
    assert check_model_lifecycle(aws.client("bedrock"), aws.embedder).endswith("ACTIVE")
    assert collect_batch(aws, start_batch(aws, files[:9]), cache=aws.home / "v.sqlite") == {}
    vectors = embed_images(files, embedder=aws.embedder, cache=aws.home / "v.sqlite", workers=2)
    vectors_uri = upload_vectors(aws, vectors)
    for _ in range(2):  # the second time finds the job
        job = train_kmeans(aws, vectors_uri, K, feature_dim=vectors.shape[1])
    catalog["cluster"] = assign_clusters(vectors, read_centroids(aws, job))
    create_index(aws.opensearch, aws.index_name, VECTOR_FIELD, embedder=aws.embedder)
    index_images(aws.opensearch, aws.index_name, [
        {"image_id": name, "title": row["title"], "cluster": row["cluster"], VECTOR_FIELD: vector}
        for (name, row), vector in zip(catalog.iterrows(), vectors, strict=True)
    ])  # fmt: skip
    aws.state["index_name"] = aws.index_name
    clicks = pd.DataFrame({
        "user_id": [f"u{number % 50}" for number in range(1500)],
        "image_id": np.random.default_rng(0).choice(catalog.index, 1500),
        "event_type": "view", "timestamp": np.arange(1500) + 1_700_000_000,
    })  # fmt: skip
    events = remap_to_clusters(clicks, catalog["cluster"].to_dict())
    pause = {"poll_seconds": 0}
    group = ranker.create_dataset_group(personalize, aws.name("group"), **pause)
    schema = (SEEDS / "interactions_schema.json").read_text()
    for _ in range(2):
        dataset = ranker.create_interactions_dataset(personalize, aws.name("interactions"), group, schema, **pause)
    _, tracking_id = ranker.create_event_tracker(personalize, aws.name("tracker"), group, **pause)
    solution = ranker.create_solution(personalize, aws.name("ranker"), group, **pause)
    for number in (0, 1):  # another log, another version, an update of the campaign
        uri = upload_interactions(events.iloc[number:], aws.client("s3"), aws.bucket, f"{aws.prefix}/interactions")
        for _ in range(2):
            imported = ranker.import_interactions(
                personalize, aws.name("import"), dataset, uri, aws.personalize_role_arn, **pause)  # fmt: skip
            version = ranker.train_solution_version(personalize, solution, imported, **pause)
        aws.state["campaign_arn"] = ranker.deploy_campaign(personalize, aws.name("campaign"), version, **pause)
    assert ranker.solution_metrics(personalize, version)["coverage"] > 0
    assert [thing.what for thing in running(aws.client, aws.prefix)] == [
        "campaign workshop-campaign", "OpenSearch domain workshop-search"]  # fmt: skip
    found = personalized_search(aws.search_engine(), text="cat", user_id="u1")
    record_event(aws.client("personalize-events"), tracking_id, "u1", "session", found[0].cluster, "view")
    preflight(aws)
    keep_campaign(aws)
    for hours in (2, 3):  # the second time moves the moment
        delete_campaign_after(aws, hours=hours, now=datetime(2030, 1, 1, tzinfo=UTC))
    # Clean-up looks after what is still being made, too.
    start_for_each_k(aws, vectors_uri, [K - 1], feature_dim=vectors.shape[1])
    start_batch(aws, files[9:12])
    personalize.create_solution_version(solutionArn=solution)
    personalize.create_dataset_import_job(
        jobName="late", datasetArn=dataset, dataSource={"dataLocation": uri}, roleArn=aws.personalize_role_arn)  # fmt: skip
    assert clean_up_plan(aws)["$ a day"].sum() > 10
    assert delete_everything(aws) == []
    aws.client("s3").put_object(Bucket=aws.bucket, Key=f"{aws.prefix}/late", Body=b"")
    delete_stack(aws)
    assert delete_everything(aws, with_stack=True) == [] == inventory_by_tag(aws)
