"""Train and deploy a ranker with Amazon Personalize, step by step.

Every function returns what it made or found: run a notebook twice, or go on after an interruption, and nothing is made
twice. All of them wait until the thing is ready, print one line, and raise WaitFailed with Personalize's own reason when it
failed. With `wait=False` a function starts the thing and returns at once; the same call without it, later or in another
kernel, finds what was started and waits. `poll_seconds` is the pause between two looks (`aws.poll_seconds`).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .durations import say_started, usual
from .personalize_resources import FAILED, START_OVER, Kind, Resources, find_or_create
from .waiting import wait_until

RECIPE = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
_GROUP = Kind("dataset_group", "datasetGroup")
_SCHEMA = Kind("schema", "schema")
_DATASET = Kind("dataset", "dataset")
_IMPORT = Kind("dataset_import_job", "datasetImportJob")
_TRACKER = Kind("event_tracker", "eventTracker")
_SOLUTION = Kind("solution", "solution")
_VERSION = Kind("solution_version", "solutionVersion")
_CAMPAIGN = Kind("campaign", "campaign")


def create_dataset_group(personalize: Any, name: str, *, poll_seconds: float, wait: bool = True) -> str:
    """The ARN of the dataset group, the container of everything that follows."""
    return Resources(personalize, _GROUP, poll_seconds).get_or_create(name, wait)


def create_interactions_dataset(
    personalize: Any, name: str, group_arn: str, schema: str, *, poll_seconds: float, wait: bool = True
) -> str:
    """The ARN of the group's Interactions dataset, empty at first.

    schema: JSON text that names the columns of the CSV to come (seeds/interactions_schema.json).
    Raises ValueError if a schema of this name exists and has other columns.
    """
    schemas = Resources(personalize, _SCHEMA, poll_seconds)
    schema_arn = find_or_create(
        lambda: schemas.named(name),
        lambda: personalize.create_schema(name=name, schema=schema),
    )["schemaArn"]
    known = schemas.describe(schema_arn)()["schema"]
    if json.loads(known) != json.loads(schema):
        raise ValueError(
            f"The schema {name} exists with other columns, and a schema cannot be changed. Delete it with "
            "notebook 99, or choose another prefix."
        )
    return Resources(personalize, _DATASET, poll_seconds).get_or_create(
        name, wait, {"datasetGroupArn": group_arn}, schemaArn=schema_arn, datasetType="Interactions"
    )


def import_interactions(
    personalize: Any, name: str, dataset_arn: str, s3_uri: str, role_arn: str, *, poll_seconds: float, wait: bool = True,
    mode: str = "FULL",
) -> str:  # fmt: skip
    """The ARN of the job that imported this CSV into the dataset, in place of what an earlier job brought.

    mode: "INCREMENTAL" adds it to that instead. A job cannot be deleted or run again, so each has its number: the last one
    is reused if it read the same file and has not failed.
    """
    imports = Resources(personalize, _IMPORT, poll_seconds)
    jobs: list[dict[str, Any]] = []

    def last_one_if_it_fits() -> dict[str, Any] | None:
        jobs[:] = sorted(imports.all(datasetArn=dataset_arn), key=lambda job: job["creationDateTime"])
        if not jobs or jobs[-1]["status"] in FAILED:
            return None
        last = imports.describe(jobs[-1]["datasetImportJobArn"])()
        return last if last["dataSource"]["dataLocation"] == s3_uri else None

    digest = hashlib.sha256(f"{s3_uri} {dataset_arn}".encode()).hexdigest()[:8]
    arn = find_or_create(
        last_one_if_it_fits,
        lambda: personalize.create_dataset_import_job(
            jobName=f"{name}-{digest}-{len(jobs) + 1}",
            datasetArn=dataset_arn,
            dataSource={"dataLocation": s3_uri},
            roleArn=role_arn,
            importMode=mode,
        ),
    )["datasetImportJobArn"]
    return imports.ready(arn, name, wait, "Correct the file or the role, then run this cell again.")


def create_event_tracker(
    personalize: Any, name: str, group_arn: str, *, poll_seconds: float, wait: bool = True
) -> tuple[str, str]:
    """(ARN, tracking id) of the event tracker; the id is what `record_event` needs."""
    trackers = Resources(personalize, _TRACKER, poll_seconds)
    arn = trackers.get_or_create(name, wait, {"datasetGroupArn": group_arn})
    return arn, trackers.describe(arn)()["trackingId"]


def create_solution(
    personalize: Any, name: str, group_arn: str, *, recipe_arn: str = RECIPE, poll_seconds: float, wait: bool = True
) -> str:
    """The ARN of the solution: a recipe and a dataset group, nothing trained yet.

    Automatic training is switched off. Personalize would otherwise train, and bill, every week.
    """
    return Resources(personalize, _SOLUTION, poll_seconds).get_or_create(
        name, wait, {"datasetGroupArn": group_arn}, recipeArn=recipe_arn, performAutoTraining=False
    )


def train_solution_version(
    personalize: Any, solution_arn: str, import_job_arn: str, *, poll_seconds: float, wait: bool = True
) -> str:
    """The ARN of the newest version that learned from this import, trained or in training; a new one if there is none.

    An older version is not reused: it knows other data, perhaps other clusters.
    """
    imported = Resources(personalize, _IMPORT, poll_seconds).describe(import_job_arn)()["creationDateTime"]
    name, existing = solution_arn.rpartition("/")[2], Resources(personalize, _VERSION, poll_seconds)
    versions: list[dict[str, Any]] = []

    def newest_usable() -> dict[str, Any] | None:
        versions[:] = existing.all(solutionArn=solution_arn)
        usable = [
            version
            for version in versions
            if version["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
            and version["creationDateTime"] >= imported
        ]
        return max(usable, key=lambda version: version["creationDateTime"], default=None)

    # The number in the name keeps two kernels from training at once; that AWS refuses a name twice is unconfirmed.
    arn = find_or_create(
        newest_usable,
        lambda: personalize.create_solution_version(
            solutionArn=solution_arn, trainingMode="FULL", name=f"{name[:55]}-{len(versions) + 1}"
        ),
    )["solutionVersionArn"]
    next_step = "Check the log with `check_minimums` (notebook 04), import it again, then run this cell again."
    return existing.ready(arn, name, wait, next_step)


def solution_metrics(personalize: Any, solution_version_arn: str) -> dict[str, float]:
    """Personalize's own offline metrics of a trained version, measured on events that it held back."""
    return personalize.get_solution_metrics(solutionVersionArn=solution_version_arn)["metrics"]


def deploy_campaign(
    personalize: Any, name: str, solution_version_arn: str, *, poll_seconds: float, wait: bool = True
) -> str:
    """The ARN of the campaign that serves this version, at the smallest capacity (1 request a second).

    It costs money from now on, used or not, until it is deleted. A campaign that serves another version is
    updated and goes on serving meanwhile; one that is still being made with another version is updated by the call that waits.
    """
    campaigns = Resources(personalize, _CAMPAIGN, poll_seconds)
    capacity = {"solutionVersionArn": solution_version_arn, "minProvisionedTPS": 1}
    arn = find_or_create(lambda: campaigns.named(name), lambda: personalize.create_campaign(name=name, **capacity))["campaignArn"]
    describe, what = campaigns.describe(arn), f"campaign {name}"
    if wait:
        campaigns.ready(arn, name, wait)
    newest = describe()
    update = newest.get("latestCampaignUpdate", newest)
    outdated = update["solutionVersionArn"] != solution_version_arn or update["status"] in FAILED
    if newest["status"] == "ACTIVE" and outdated:
        personalize.update_campaign(campaignArn=arn, **capacity)
    elif wait and update["status"] == "ACTIVE":
        return arn
    if wait:
        wait_until(
            lambda: describe()["latestCampaignUpdate"], ("ACTIVE",), FAILED,
            what=f"update of {what}", seconds=poll_seconds, next_step=START_OVER, usual=usual("campaign"),
        )  # fmt: skip
    else:
        say_started(what, "campaign")
    return arn
