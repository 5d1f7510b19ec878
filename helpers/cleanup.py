"""Delete everything that the workshop made, in the order that AWS allows, and list what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
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


# The names that notebook 05 gives: a neighbour's prefix may begin like ours, so beginning alike is not enough.
THINGS = ("campaign", "ranker", "tracker", "interactions", "group")
Look = Callable[[], Mapping[str, Any]]  # asks AWS once
BUSY = ("CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING")


def _personalize(aws: Workshop) -> Iterator[Resource]:
    personalize, ours = aws.client("personalize"), {aws.name(thing) for thing in THINGS}
    for kind, operation, member, arn in PERSONALIZE_ORDER:
        pages = personalize.get_paginator(operation).paginate()
        for item in (item for page in pages for item in page[member] if item["name"] in ours):
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
        .paginate(NameContains=f"{aws.prefix[:20]}-kmeans-")
    )
    for job in (job for page in pages for job in page["TrainingJobSummaries"]):
        if job["TrainingJobName"].startswith(f"{aws.prefix[:20]}-kmeans-"):
            yield Resource("training job", job["TrainingJobName"])


def _indices(aws: Workshop) -> Iterator[Resource]:
    if aws.opensearch.indices.exists(index=aws.index_name):
        # A domain or collection bills by the hour with or without an index; it belongs to the stack, not to us.
        yield Resource("opensearch index", aws.index_name)


def inventory(aws: Workshop) -> list[Resource]:
    """Everything of ours that still exists, in the order in which it can be deleted."""
    found = [*_personalize(aws), *_training_jobs(aws)]
    # Without the stack there is neither an index nor a bucket to look into.
    return [*found, *_indices(aws), *_objects(aws)] if aws.is_set_up else found


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

    def describe() -> Mapping[str, Any]:
        return getattr(personalize, f"describe_{resource.kind}")(**argument)[member.removesuffix("Arn")]

    _let_finish(aws, resource, describe, name)
    try:
        getattr(personalize, f"delete_{resource.kind}")(**argument)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        # A clean-up that was interrupted may have started this deletion already.
        on_its_way = code == "ResourceInUseException" and or_gone(describe)().get("status", "").startswith("DELETE")
        if code != "ResourceNotFoundException" and not on_its_way:
            raise
    if resource.kind == "schema":  # has no status and is gone at once
        print(f"{name}: {GONE}")
    else:
        wait_until(or_gone(describe), {GONE}, what=name, seconds=aws.poll_seconds)


def _let_finish(aws: Workshop, resource: Resource, describe: Look, name: str) -> None:
    """Waits for what is still being made: Personalize deletes nothing before that. Training is stopped first."""
    personalize = aws.client("personalize")

    def settle(look: Look) -> None:
        if look()["status"] in BUSY:
            wait_until(look, {"settled"}, what=name, seconds=aws.poll_seconds, status=_settled)

    def version(arn: str) -> Mapping[str, Any]:
        return personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]

    def import_job(arn: str) -> Mapping[str, Any]:
        return personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]

    if resource.kind == "solution":
        pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=resource.arn)
        for arn in [v["solutionVersionArn"] for page in pages for v in page["solutionVersions"] if v["status"] in BUSY]:
            personalize.stop_solution_version_creation(solutionVersionArn=arn)
            settle(partial(version, arn))
    if resource.kind == "dataset":
        pages = personalize.get_paginator("list_dataset_import_jobs").paginate(datasetArn=resource.arn)
        for arn in [j["datasetImportJobArn"] for page in pages for j in page["datasetImportJobs"] if j["status"] in BUSY]:
            settle(partial(import_job, arn))
    if resource.kind != "schema":
        settle(or_gone(describe))


def _settled(answer: Mapping[str, Any]) -> str:
    return "being made" if answer["status"] in BUSY else "settled"


def _delete_training_job(aws: Workshop, resource: Resource) -> None:
    """Stops the job if it still runs (and bills), then deletes its record."""
    sagemaker, job = aws.client("sagemaker"), {"TrainingJobName": resource.name}

    def describe() -> dict[str, Any]:
        return sagemaker.describe_training_job(**job)

    name = f"training job {resource.name}"
    if describe()["TrainingJobStatus"] == "InProgress":
        sagemaker.stop_training_job(**job)
    if describe()["TrainingJobStatus"] == "Stopping":
        wait_until(describe, {"Stopped", "Completed", "Failed"}, what=name, seconds=aws.poll_seconds)
    sagemaker.delete_training_job(**job)
    gone = or_gone(describe)
    if gone().get("status") != GONE:
        wait_until(gone, {GONE}, what=name, seconds=aws.poll_seconds)


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
