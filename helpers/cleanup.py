"""Delete everything that the workshop made, in the order that AWS allows, and list what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from botocore.exceptions import ClientError

from .progress import progress
from .waiting import GONE, or_gone, wait_until
from .workshop import Workshop

# Personalize refuses a deletion while something still needs the thing: this is the only order that works
# (Amazon Personalize developer guide). kind: (list operation, member of its answer, arn member).
PERSONALIZE_ORDER = (
    ("campaign", "list_campaigns", "campaigns", "campaignArn"),
    ("solution", "list_solutions", "solutions", "solutionArn"),
    ("event_tracker", "list_event_trackers", "eventTrackers", "eventTrackerArn"),
    ("dataset", "list_datasets", "datasets", "datasetArn"),
    ("schema", "list_schemas", "schemas", "schemaArn"),
    ("dataset_group", "list_dataset_groups", "datasetGroups", "datasetGroupArn"),
)


@dataclass(frozen=True)
class Resource:
    """Something of ours that exists: what it is, its name, and whether it costs money while it stands idle."""

    kind: str
    name: str
    arn: str = ""
    bills_while_idle: bool = False


def _ours(aws: Workshop, name: str) -> bool:
    return name.startswith(f"{aws.prefix}-")


def _personalize(aws: Workshop) -> Iterator[Resource]:
    personalize = aws.client("personalize")
    for kind, operation, member, arn in PERSONALIZE_ORDER:
        pages = personalize.get_paginator(operation).paginate()
        for item in (item for page in pages for item in page[member] if _ours(aws, item["name"])):
            yield Resource(kind, item["name"], item[arn], bills_while_idle=kind == "campaign")


def _objects(aws: Workshop) -> Iterator[Resource]:
    pages = (
        aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=aws.bucket, Prefix=f"{aws.prefix}/")
    )
    for item in (item for page in pages for item in page.get("Contents", [])):
        yield Resource("s3 object", item["Key"])


def _training_jobs(aws: Workshop) -> Iterator[Resource]:
    pages = (
        aws.client("sagemaker")
        .get_paginator("list_training_jobs")
        .paginate(NameContains=f"{aws.prefix}-kmeans-")
    )
    for job in (job for page in pages for job in page["TrainingJobSummaries"]):
        if _ours(aws, job["TrainingJobName"]):
            yield Resource("training job", job["TrainingJobName"])


def _indices(aws: Workshop) -> Iterator[Resource]:
    if aws.opensearch.indices.exists(index=aws.index_name):
        # A domain or collection bills by the hour with or without an index; it belongs to the stack, not to us.
        yield Resource("opensearch index", aws.index_name)


def inventory(aws: Workshop) -> list[Resource]:
    """Everything of ours that still exists, in the order in which it can be deleted."""
    return [*_personalize(aws), *_training_jobs(aws), *_indices(aws), *_objects(aws)]


def show_inventory(resources: list[Resource]) -> pd.DataFrame:
    """How many resources of each kind there are, and which bill while idle."""
    table = pd.DataFrame(
        [(r.kind, r.bills_while_idle) for r in resources], columns=["kind", "bills while idle"]
    )
    return table.groupby("kind", sort=False).agg(
        **{"how many": ("kind", "size"), "bills while idle": ("bills while idle", "any")}
    )


def delete_everything(aws: Workshop) -> list[Resource]:
    """What is left after deleting all of ours: an empty list.

    Safe to run again after an interruption, and when there is nothing to delete.
    """
    for resource in progress(inventory(aws), "resources deleted"):
        _DELETERS.get(resource.kind, _delete_from_personalize)(aws, resource)
    for key in list(aws.state):
        del aws.state[key]
    return inventory(aws)


def _delete_from_personalize(aws: Workshop, resource: Resource) -> None:
    personalize = aws.client("personalize")
    member = next(arn for kind, _, _, arn in PERSONALIZE_ORDER if kind == resource.kind)
    argument, name = {member: resource.arn}, f"{resource.kind.replace('_', ' ')} {resource.name}"

    def describe() -> dict[str, Any]:
        return getattr(personalize, f"describe_{resource.kind}")(**argument)[member.removesuffix("Arn")]

    try:
        getattr(personalize, f"delete_{resource.kind}")(**argument)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        # A clean-up that was interrupted may have started this deletion already.
        on_its_way = code == "ResourceInUseException" and describe().get("status", "").startswith("DELETE")
        if code != "ResourceNotFoundException" and not on_its_way:
            raise
    if resource.kind == "schema":  # has no status and is gone at once
        print(f"{name}: {GONE}")
    else:
        wait_until(or_gone(describe), {GONE}, what=name, seconds=aws.poll_seconds)


def _delete_training_job(aws: Workshop, resource: Resource) -> None:
    """Stops the job if it still runs (and bills), then deletes its record."""
    sagemaker, name = aws.client("sagemaker"), {"TrainingJobName": resource.name}
    if sagemaker.describe_training_job(**name)["TrainingJobStatus"] == "InProgress":
        sagemaker.stop_training_job(**name)
        wait_until(
            lambda: sagemaker.describe_training_job(**name),
            {"Stopped", "Completed", "Failed"},
            what=f"training job {resource.name}",
            seconds=aws.poll_seconds,
        )
    sagemaker.delete_training_job(**name)


def _delete_index(aws: Workshop, resource: Resource) -> None:
    aws.opensearch.indices.delete(index=resource.name, ignore_unavailable=True)
    print(f"{resource.kind} {resource.name}: {GONE}")


def _delete_object(aws: Workshop, resource: Resource) -> None:
    aws.client("s3").delete_object(Bucket=aws.bucket, Key=resource.name)


_DELETERS: dict[str, Callable[[Workshop, Resource], None]] = {
    "opensearch index": _delete_index,
    "training job": _delete_training_job,
    "s3 object": _delete_object,
}
