"""What of ours runs on AWS now, since when, and what it has cost so far: three calls, and never more than three lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .costs import estimate, idle_amounts
from .outages import SignInAgain, passing_trouble

Client = Callable[[str], Any]  # gives the boto3 client of a service


@dataclass(frozen=True)
class Running:
    """A thing that costs money by the hour: what it is, since when, and dollars an hour, used or not."""

    what: str
    since: datetime
    an_hour: float

    def so_far(self, now: datetime) -> float:
        """Dollars from its beginning until now."""
        return self.an_hour * _hours(self.since, now)


def running(client: Client, prefix: str) -> list[Running]:
    """What bills under this prefix: campaign, the stack's OpenSearch, training jobs in progress; the dearest an hour first.

    Raises botocore's errors for a call that is refused or meets no network.
    """
    found = [*_campaign(client, prefix), *_search(client, prefix), *_jobs(client, prefix)]
    return sorted(found, key=lambda thing: -thing.an_hour)


def running_lines(client: Client, prefix: str, *, now: datetime | None = None) -> list[str]:
    """At most three lines to print: each thing that runs, its age and its cost so far; or one that says why nobody could look.

    Nothing is raised for a call that is refused, without a network, or with a sign-in that has expired.
    """
    try:
        things = running(client, prefix)
    except (ClientError, BotoCoreError, SignInAgain) as error:
        return [f"running: could not look ({_reason(error)})"]
    if not things:
        return ["running: nothing of ours that bills by the hour"]
    moment = now or datetime.now(UTC)
    jobs = [thing for thing in things if thing.what.startswith("training job")]
    others = [thing for thing in things if thing not in jobs]
    lines = [f"running: {told(thing, moment)}" for thing in others]
    if jobs:
        together = Running(f"{len(jobs)} × {jobs[0].what}", min(job.since for job in jobs), 0)
        cost = sum(job.so_far(moment) for job in jobs)
        lines.append(f"running: {together.what}, {_age(together.since, moment)}, about ${cost:.2f} so far")
    return lines


def told(thing: Running, now: datetime) -> str:
    """A thing in words: "campaign workshop-campaign, 2 h 5 min, about $1.12 so far ($0.54 an hour, used or not)"."""
    rate = f"${thing.an_hour:.2f} an hour, used or not" if thing.an_hour else "bills only while it is used"
    cost = f"about ${thing.so_far(now):.2f} so far " if thing.an_hour else ""
    return f"{thing.what}, {_age(thing.since, now)}, {cost}({rate})"


def _campaign(client: Client, prefix: str) -> Iterator[Running]:
    # A listing does not tell the capacity; notebook 05 asks for the smallest.
    for page in client("personalize").get_paginator("list_campaigns").paginate():
        for campaign in page["campaigns"]:
            if campaign["name"] == f"{prefix}-campaign" and not campaign["status"].startswith("DELETE"):
                yield Running(f"campaign {campaign['name']}", campaign["creationDateTime"], estimate(idle_amounts("campaign")))


def _search(client: Client, prefix: str) -> Iterator[Running]:
    """The stack's OpenSearch, which is a few minutes younger than the stack."""
    try:
        stack = client("cloudformation").describe_stacks(StackName=prefix)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's way of saying: no such stack
            return
        raise
    kinds = [output["OutputValue"] for output in stack.get("Outputs", []) if output["OutputKey"] == "OpenSearchFlavour"]
    for kind in kinds:
        yield Running(f"OpenSearch {kind} {prefix}-search", stack["CreationTime"], estimate(idle_amounts(kind)))


def _jobs(client: Client, prefix: str) -> Iterator[Running]:
    base = f"{prefix[:20]}-kmeans-"
    pages = client("sagemaker").get_paginator("list_training_jobs").paginate(NameContains=base, StatusEquals="InProgress")
    for job in (job for page in pages for job in page["TrainingJobSummaries"]):
        if job["TrainingJobName"].startswith(base):  # a neighbour's prefix may end like ours
            yield Running("training job", job["CreationTime"], estimate(idle_amounts("training_job")))


def _reason(error: Exception) -> str:
    if isinstance(error, SignInAgain):
        return "your sign-in to AWS has expired"
    trouble = passing_trouble(error)
    return trouble or (error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__)


def _hours(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds() / 3600)  # the clocks of this computer and of AWS may differ


def _age(since: datetime, now: datetime) -> str:
    minutes = round(60 * _hours(since, now))
    days, minutes = divmod(minutes, 24 * 60)
    if days:
        return f"{days} day{'s' * (days > 1)} {minutes // 60} h"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
