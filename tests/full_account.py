"""A small account with one of everything that notebooks make, some of it still being made, and things of neighbours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import quick_jobs

from helpers import ranker, training_jobs
from helpers.campaign_schedule import delete_campaign_after
from helpers.catalog import SEEDS
from helpers.clustering import train_kmeans, upload_vectors
from helpers.settings import read_settings
from helpers.stack import launch_stack
from helpers.vector_index import create_index
from helpers.workshop import Workshop, connect

PREFIX = "pis"
# Prefixes that begin like ours, or are what one of our names begins with, or is.
NEIGHBOURS = ("pis-2", "pis-images", "pis-kmeans", "pis-search-api")
CSV = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n" + "".join(f"u{i % 60},{i % 7},view,{i}\n" for i in range(1500))
SCHEMA = (SEEDS / "interactions_schema.json").read_text()


def workshop_in(folder: Path, prefix: str = PREFIX) -> Workshop:
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder), "WORKSHOP_PREFIX": prefix}))


def furnish(aws: Workshop) -> None:
    """Everything that notebooks 00 to 05 leave, and what a reader who was interrupted leaves half made."""
    launch_stack(aws)
    personalize, pause = aws.client("personalize"), {"poll_seconds": 0}
    uri = f"s3://{aws.bucket}/{aws.prefix}/clicks.csv"
    aws.client("s3").put_object(Bucket=aws.bucket, Key=f"{aws.prefix}/clicks.csv", Body=CSV)
    group = ranker.create_dataset_group(personalize, aws.name("group"), **pause)
    dataset = ranker.create_interactions_dataset(personalize, aws.name("interactions"), group, SCHEMA, **pause)
    job = ranker.import_interactions(personalize, aws.name("import"), dataset, uri, aws.personalize_role_arn, **pause)
    ranker.create_event_tracker(personalize, aws.name("tracker"), group, **pause)
    solution = ranker.create_solution(personalize, aws.name("ranker"), group, **pause)
    version = ranker.train_solution_version(personalize, solution, job, **pause)
    aws.state["campaign_arn"] = ranker.deploy_campaign(personalize, aws.name("campaign"), version, **pause)
    personalize.create_solution_version(solutionArn=solution)  # in training
    again = {"datasetArn": dataset, "dataSource": {"dataLocation": uri}, "roleArn": aws.personalize_role_arn}
    personalize.create_dataset_import_job(jobName=aws.name("again"), **again)  # importing
    delete_campaign_after(aws, hours=8)
    aws.client("bedrock").create_model_invocation_job(
        jobName=aws.name("batch-0123456789abcdef"), roleArn=aws.batch_role_arn, modelId="amazon.titan-embed-image-v1",
        inputDataConfig={"s3InputDataConfig": {"s3Uri": f"s3://{aws.bucket}/{aws.prefix}/batch/"}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{aws.bucket}/{aws.prefix}/batch/output/"}})  # fmt: skip
    vectors = upload_vectors(aws, np.random.default_rng(0).random((30, 4), dtype=np.float32))
    original, training_jobs.start_job = training_jobs.start_job, quick_jobs.start
    try:
        train_kmeans(aws, vectors, 3, feature_dim=4)
        training_jobs.JobQueue(aws, {5: training_jobs.Request(vectors, "x", {"k": 5}, "ml.m5.large", "0123456789abcdef")}).start()
    finally:
        training_jobs.start_job = original
    create_index(aws.opensearch, aws.index_name, dimension=4)
    create_index(aws.opensearch, f"{aws.index_name}-v2", dimension=4)


def move_in_next_door(folder: Path) -> None:
    """The neighbours' things, in the same account: a stack, a schema, a group, an index, a training job and a file each."""
    for prefix in NEIGHBOURS:
        theirs = workshop_in(folder, prefix)
        launch_stack(theirs)
        personalize = theirs.client("personalize")
        personalize.create_schema(name=theirs.name("interactions"), schema=json.dumps(json.loads(SCHEMA)))
        if prefix != NEIGHBOURS[-1]:  # an account has 5 groups
            ranker.create_dataset_group(personalize, theirs.name("group"), poll_seconds=0)
        create_index(theirs.opensearch, theirs.index_name, dimension=4)
        theirs.client("s3").put_object(Bucket=theirs.bucket, Key=f"{prefix}/vectors", Body=b"1,2\n3,4\n")
        hyperparameters = {"k": 6, "feature_dim": 2}
        uri = f"s3://{theirs.bucket}/{prefix}/vectors"
        request = training_jobs.Request(uri, "text/csv;label_size=0", hyperparameters, "ml.m5.large", "f" * 16)
        quick_jobs.start(theirs, f"{prefix}-kmeans-6-deadbeef", request)


def next_door(folder: Path) -> dict[str, list[str]]:
    """What is there, whoever's it is, by kind: names."""
    aws = workshop_in(folder)
    personalize, s3 = aws.client("personalize"), aws.client("s3")
    kinds = {"Schemas": "schemas", "DatasetGroups": "datasetGroups", "Campaigns": "campaigns", "Solutions": "solutions"}
    found = {
        kind: [item["name"] for item in getattr(personalize, f"list_{kind[0].lower()}{_snake(kind[1:])}")()[member]]
        for kind, member in kinds.items()
    }
    jobs = aws.client("sagemaker").list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    return found | {
        "jobs": [job["TrainingJobName"] for job in jobs],
        "stacks": [stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]],
        "roles": [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]],
        "files": [f"{b}/{item['Key']}" for b in buckets for item in s3.list_objects_v2(Bucket=b).get("Contents", [])],
        "indices": sorted(name for prefix in NEIGHBOURS for name in _indices(workshop_in(folder, prefix))),
    }


def _indices(aws: Workshop) -> list[str]:
    return [aws.index_name] if aws.opensearch.indices.exists(index=aws.index_name) else []


def _snake(word: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in word)
