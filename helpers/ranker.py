"""Train and deploy a ranker with Amazon Personalize, step by step.

Every function returns what it made or found: run a notebook twice, or go on after an interruption, and
nothing is made twice. All of them wait until the thing is ready, print one line, and raise WaitError with
Personalize's own reason when it failed. `poll_seconds` is the pause between two looks (`aws.poll_seconds`).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .waiting import GONE, or_gone, wait_until

RECIPE = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
FAILED = ("CREATE FAILED", "CREATE STOPPED")
_START_OVER = "Delete it with notebook 99, correct the cause, then run this notebook again."


@dataclass(frozen=True)
class _Kind:
    """How the client's methods and answers name a type of resource."""

    snake: str
    camel: str

    @property
    def arn(self) -> str:
        return f"{self.camel}Arn"

    @property
    def title(self) -> str:
        return self.snake.replace("_", " ")


_GROUP = _Kind("dataset_group", "datasetGroup")
_SCHEMA = _Kind("schema", "schema")
_DATASET = _Kind("dataset", "dataset")
_IMPORT = _Kind("dataset_import_job", "datasetImportJob")
_TRACKER = _Kind("event_tracker", "eventTracker")
_SOLUTION = _Kind("solution", "solution")
_VERSION = _Kind("solution_version", "solutionVersion")
_CAMPAIGN = _Kind("campaign", "campaign")


def create_dataset_group(personalize: Any, name: str, *, poll_seconds: float) -> str:
    """The ARN of the dataset group, the container of everything that follows."""
    return _get_or_create(personalize, _GROUP, name, {}, poll_seconds)


def create_interactions_dataset(personalize: Any, name: str, group_arn: str, schema: str, *, poll_seconds: float) -> str:
    """The ARN of the group's Interactions dataset, empty at first.

    schema: JSON text that names the columns of the CSV to come (seeds/interactions_schema.json).
    Raises ValueError if a schema of this name exists and has other columns.
    """
    schema_arn = _find_or_create(
        lambda: _find(personalize, _SCHEMA, {}, name),
        lambda: personalize.create_schema(name=name, schema=schema),
    )["schemaArn"]
    known = personalize.describe_schema(schemaArn=schema_arn)["schema"]["schema"]
    if json.loads(known) != json.loads(schema):
        raise ValueError(
            f"The schema {name} exists with other columns, and a schema cannot be changed. Delete it with "
            "notebook 99, or choose another prefix."
        )
    return _get_or_create(
        personalize,
        _DATASET,
        name,
        {"datasetGroupArn": group_arn},
        poll_seconds,
        schemaArn=schema_arn,
        datasetType="Interactions",
    )


def import_interactions(personalize: Any, name: str, dataset_arn: str, s3_uri: str, role_arn: str, *, poll_seconds: float) -> str:
    """The ARN of the job that imported this CSV into the dataset, in place of what an earlier job brought.

    A job cannot be deleted or run again, so each has its number: the last one is reused if it read the same
    file and has not failed.
    """
    jobs: list[dict[str, Any]] = []

    def last_one_if_it_fits() -> dict[str, Any] | None:
        jobs[:] = _all(personalize, _IMPORT, {"datasetArn": dataset_arn})
        jobs.sort(key=lambda job: job["creationDateTime"])
        if not jobs or jobs[-1]["status"] in FAILED:
            return None
        last = _describe(personalize, _IMPORT, jobs[-1]["datasetImportJobArn"])()
        return last if last["dataSource"]["dataLocation"] == s3_uri else None

    digest = hashlib.sha256(f"{s3_uri} {dataset_arn}".encode()).hexdigest()[:8]
    arn = _find_or_create(
        last_one_if_it_fits,
        lambda: personalize.create_dataset_import_job(
            jobName=f"{name}-{digest}-{len(jobs) + 1}",
            datasetArn=dataset_arn,
            dataSource={"dataLocation": s3_uri},
            roleArn=role_arn,
            importMode="FULL",
        ),
    )["datasetImportJobArn"]
    _wait(personalize, _IMPORT, arn, name, poll_seconds, "Correct the file or the role, then run this cell again.")
    return arn


def create_event_tracker(personalize: Any, name: str, group_arn: str, *, poll_seconds: float) -> tuple[str, str]:
    """(ARN, tracking id) of the event tracker; the id is what `record_event` needs."""
    arn = _get_or_create(personalize, _TRACKER, name, {"datasetGroupArn": group_arn}, poll_seconds)
    return arn, _describe(personalize, _TRACKER, arn)()["trackingId"]


def create_solution(personalize: Any, name: str, group_arn: str, *, recipe_arn: str = RECIPE, poll_seconds: float) -> str:
    """The ARN of the solution: a recipe and a dataset group, nothing trained yet.

    Automatic training is switched off. Personalize would otherwise train, and bill, every week.
    """
    return _get_or_create(
        personalize,
        _SOLUTION,
        name,
        {"datasetGroupArn": group_arn},
        poll_seconds,
        recipeArn=recipe_arn,
        performAutoTraining=False,
    )


def train_solution_version(personalize: Any, solution_arn: str, import_job_arn: str, *, poll_seconds: float) -> str:
    """The ARN of the newest version that learned from this import, trained or in training; a new one if there is none.

    An older version is not reused: it knows other data, perhaps other clusters.
    """
    imported = _describe(personalize, _IMPORT, import_job_arn)()["creationDateTime"]
    name = solution_arn.rpartition("/")[2]
    versions: list[dict[str, Any]] = []

    def newest_usable() -> dict[str, Any] | None:
        versions[:] = _all(personalize, _VERSION, {"solutionArn": solution_arn})
        usable = [
            version
            for version in versions
            if version["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
            and version["creationDateTime"] >= imported
        ]
        return max(usable, key=lambda version: version["creationDateTime"], default=None)

    # The number in the name keeps two kernels from training at once; that AWS refuses a name twice is unconfirmed.
    arn = _find_or_create(
        newest_usable,
        lambda: personalize.create_solution_version(
            solutionArn=solution_arn, trainingMode="FULL", name=f"{name[:55]}-{len(versions) + 1}"
        ),
    )["solutionVersionArn"]
    next_step = "Check the log with `check_minimums` (notebook 04), import it again, then run this cell again."
    _wait(personalize, _VERSION, arn, name, poll_seconds, next_step)
    return arn


def solution_metrics(personalize: Any, solution_version_arn: str) -> dict[str, float]:
    """Personalize's own offline metrics of a trained version, measured on events that it held back."""
    return personalize.get_solution_metrics(solutionVersionArn=solution_version_arn)["metrics"]


def deploy_campaign(personalize: Any, name: str, solution_version_arn: str, *, poll_seconds: float) -> str:
    """The ARN of the campaign that serves this version, at the smallest capacity (1 request a second).

    It costs money from now on, used or not, until it is deleted. A campaign that serves another version is
    updated and goes on serving meanwhile.
    """
    arn = _get_or_create(
        personalize, _CAMPAIGN, name, {}, poll_seconds, solutionVersionArn=solution_version_arn, minProvisionedTPS=1
    )
    describe = _describe(personalize, _CAMPAIGN, arn)
    newest = describe()
    update = newest.get("latestCampaignUpdate", newest)
    if update["solutionVersionArn"] != solution_version_arn or update["status"] in FAILED:
        personalize.update_campaign(campaignArn=arn, solutionVersionArn=solution_version_arn, minProvisionedTPS=1)
    elif update["status"] == "ACTIVE":
        return arn
    wait_until(
        lambda: describe()["latestCampaignUpdate"],
        ("ACTIVE",),
        FAILED,
        what=f"update of campaign {name}",
        seconds=poll_seconds,
        next_step=_START_OVER,
    )
    return arn


def _get_or_create(personalize: Any, kind: _Kind, name: str, scope: dict[str, str], poll_seconds: float, **members: Any) -> str:
    """The ARN of the resource with this name in this scope, ready for use."""

    def find() -> dict[str, Any] | None:
        found = _find(personalize, kind, scope, name)
        if found and found["status"].startswith("DELETE"):
            describe = or_gone(_describe(personalize, kind, found[kind.arn]))
            wait_until(describe, (GONE,), what=f"old {kind.title} {name}", seconds=poll_seconds)
            return None
        return found

    create = getattr(personalize, f"create_{kind.snake}")
    arn = _find_or_create(find, lambda: create(name=name, **scope, **members))[kind.arn]
    _wait(personalize, kind, arn, name, poll_seconds, _START_OVER)
    return arn


def _find_or_create(find: Callable[[], dict[str, Any] | None], create: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `find` finds, else what `create` makes; if another kernel makes it in between, what `find` finds then."""
    if found := find():
        return found
    try:
        return create()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceAlreadyExistsException" and (found := find()):
            return found
        raise


def _wait(personalize: Any, kind: _Kind, arn: str, name: str, poll_seconds: float, next_step: str) -> None:
    wait_until(
        _describe(personalize, kind, arn),
        ("ACTIVE",),
        FAILED,
        what=f"{kind.title} {name}",
        seconds=poll_seconds,
        next_step=next_step,
    )


def _describe(personalize: Any, kind: _Kind, arn: str) -> Callable[[], dict[str, Any]]:
    return lambda: getattr(personalize, f"describe_{kind.snake}")(**{kind.arn: arn})[kind.camel]


def _all(personalize: Any, kind: _Kind, scope: dict[str, str]) -> list[dict[str, Any]]:
    pages = personalize.get_paginator(f"list_{kind.snake}s").paginate(**scope)
    return [item for page in pages for item in page[f"{kind.camel}s"]]


def _find(personalize: Any, kind: _Kind, scope: dict[str, str], name: str) -> dict[str, Any] | None:
    return next((item for item in _all(personalize, kind, scope) if item["name"] == name), None)
