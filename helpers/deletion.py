"""How each kind of thing is deleted: whatever state it is in, one look takes it towards being gone.

So it does not matter where an earlier clean-up was stopped, whether a thing is still being made, or somebody else deletes it
at the same time. `wait_until` bears lost networks and a busy AWS between two looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from opensearchpy import NotFoundError, TransportError

from .inventory import BATCH_RUNS, PERSONALIZE_ORDER, Resource, keys_of
from .progress import progress
from .stack import delete_stack
from .waiting import GONE, WaitError, or_gone, wait_until
from .workshop import Workshop

PATIENCE = 10  # looks in a row that may be refused, because what stands in the way may be going
BUSY = ("CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING")
_DELETING = ("DELETE PENDING", "DELETE IN_PROGRESS")
Now = Mapping[str, Any]


def delete(aws: Workshop, resource: Resource, *, patience: int = PATIENCE) -> None:
    """Nothing, once the thing is gone; prints one line. Safe to run again, and when it is gone already.

    patience : how often it may be refused. Raises WaitError or ClientError with AWS's reason when it can't be deleted.
    """
    DELETERS[resource.kind](aws, resource, _Tries(patience))


class _Tries:
    """Makes calls that may be refused a few times in a row."""

    def __init__(self, patience: int):
        self._left = patience

    def __call__(self, call: Callable[[], object], *refusals: str) -> None:
        try:
            call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if "NotFound" in code:  # somebody was quicker: the next look tells
                return
            if code not in refusals or not self.one_less():
                raise

    def one_less(self) -> bool:
        """Whether there is patience for one more refusal."""
        self._left -= 1
        return self._left >= 0


def _of_personalize(aws: Workshop, resource: Resource, tries: _Tries) -> None:
    personalize = aws.client("personalize")
    member = next(arn for kind, _, _, arn in PERSONALIZE_ORDER if kind == resource.kind)
    argument = {member: resource.arn}

    def describe() -> Now:
        return getattr(personalize, f"describe_{resource.kind}")(**argument)[member.removesuffix("Arn")]

    def look() -> Now:
        now = or_gone(describe)()
        status = now.get("status", "")  # a schema has none
        if status == GONE or status in (*BUSY, *_DELETING):
            return now
        if resource.kind == "campaign" and now.get("latestCampaignUpdate", {}).get("status") in BUSY:
            return {"status": "being updated"}
        if running := _runs_below(personalize, resource, tries):
            return {"status": running}
        tries(lambda: getattr(personalize, f"delete_{resource.kind}")(**argument), "ResourceInUseException")
        return {"status": "still there", **or_gone(describe)()}

    _wait(aws, look, resource)


def _runs_below(personalize: Any, resource: Resource, tries: _Tries) -> str:
    """What keeps a solution or a dataset from being deleted for now, "" for nothing. Training is stopped, an import ends."""
    if resource.kind == "solution":
        pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=resource.arn)
        training = [v for page in pages for v in page["solutionVersions"] if v["status"] in BUSY]
        for version in training:
            arn = {"solutionVersionArn": version["solutionVersionArn"]}
            if version["status"] != "CREATE STOPPING":  # refused when it has just ended
                tries(partial(personalize.stop_solution_version_creation, **arn), "InvalidInputException")
            personalize.describe_solution_version(**arn)
        return "its training is being stopped" if training else ""
    if resource.kind == "dataset":
        pages = personalize.get_paginator("list_dataset_import_jobs").paginate(datasetArn=resource.arn)
        importing = [job["datasetImportJobArn"] for page in pages for job in page["datasetImportJobs"] if job["status"] in BUSY]
        for arn in importing:
            personalize.describe_dataset_import_job(datasetImportJobArn=arn)
        return "an import into it must end first" if importing else ""
    return ""


def _schedule(aws: Workshop, resource: Resource, tries: _Tries) -> None:
    def look() -> Now:
        tries(lambda: aws.client("scheduler").delete_schedule(Name=resource.name))
        return {"status": GONE}

    _wait(aws, look, resource)


def _batch_job(aws: Workshop, resource: Resource, tries: _Tries) -> None:
    """Stops it: what is done is paid for, and the record can't be deleted."""
    bedrock, job = aws.client("bedrock"), {"jobIdentifier": resource.arn}

    def look() -> Now:
        now = bedrock.get_model_invocation_job(**job)
        if now["status"] in BATCH_RUNS:
            tries(lambda: bedrock.stop_model_invocation_job(**job), "ConflictException")  # refused when it has just ended
        return {"status": "stopping" if now["status"] in (*BATCH_RUNS, "Stopping") else "stopped"}

    wait_until(look, {"stopped"}, what=resource.label, seconds=aws.poll_seconds)


def _training_job(aws: Workshop, resource: Resource, tries: _Tries) -> None:
    """Stops the job if it still runs (and bills), then deletes its record."""
    sagemaker, job = aws.client("sagemaker"), {"TrainingJobName": resource.name}
    describe = or_gone(lambda: sagemaker.describe_training_job(**job))

    def look() -> Now:
        now = describe()
        if now.get("TrainingJobStatus") == "InProgress":
            tries(lambda: sagemaker.stop_training_job(**job), "ValidationException")  # refused when it has just ended
        elif now.get("TrainingJobStatus", "Stopping") != "Stopping":
            # ValidationException says, too, that it is gone
            tries(lambda: sagemaker.delete_training_job(**job), "ResourceInUse", "ValidationException")
            now = describe()
        return now

    _wait(aws, look, resource)


def _index(aws: Workshop, resource: Resource, tries: _Tries) -> None:
    def look() -> Now:
        try:
            aws.opensearch.indices.delete(index=resource.name, ignore_unavailable=True)
        except NotFoundError:
            pass
        except TransportError as error:
            busy = not isinstance(error.status_code, int) or error.status_code == 429 or error.status_code >= 500
            if not busy or not tries.one_less():
                raise
            return {"status": "OpenSearch is too busy to answer"}
        return {"status": GONE}

    _wait(aws, look, resource)


def _files(aws: Workshop, resource: Resource, tries: _Tries) -> None:
    s3 = aws.client("s3")

    def look() -> Now:
        keys = list(keys_of(aws))
        for start in progress(range(0, len(keys), 1000), "thousands of files deleted"):
            some = {"Objects": [{"Key": key} for key in keys[start : start + 1000]], "Quiet": True}
            if refused := s3.delete_objects(Bucket=aws.bucket, Delete=some).get("Errors", []):
                first = refused[0]
                raise WaitError(f"S3 refused {len(refused)} files, such as {first.get('Key')}: {first.get('Message')}")
        return {"status": GONE}

    _wait(aws, look, resource)


def _stack(aws: Workshop, resource: Resource, tries: _Tries) -> None:
    delete_stack(aws, resource.name)


def _wait(aws: Workshop, look: Callable[[], Now], resource: Resource) -> None:
    wait_until(look, {GONE}, what=resource.label, seconds=aws.poll_seconds)


DELETERS: dict[str, Callable[[Workshop, Resource, _Tries], None]] = {
    **{kind: _of_personalize for kind, _, _, _ in PERSONALIZE_ORDER},
    "schedule": _schedule,
    "batch job": _batch_job,
    "training job": _training_job,
    "opensearch index": _index,
    "files in S3": _files,
    "stack": _stack,
}
