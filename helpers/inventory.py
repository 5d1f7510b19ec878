"""What of ours exists, by name and by tag: every list of every service is read, so that nothing is overlooked.

A neighbour's prefix may begin like ours (`pis` and `pis-2`, even `pis-images`), so to begin alike proves nothing: a thing is
ours when it has one of the names that we give, whole, or our tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy import NotFoundError, OpenSearchException

from .costs import estimate
from .settings import SettingsError
from .stack_status import USABLE, find_stack, is_stack_of, resources_of
from .tagging import TAG
from .training_jobs import LONGEST_RUN
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
THINGS = ("campaign", "ranker", "tracker", "interactions", "group")  # the names that notebook 05 gives, without the prefix
OWN = tuple(f"own-{thing}" for thing in THINGS)  # and notebook 10, for a library of the reader's own
# unconfirmed: which types AWS's index of tags knows. What it does not name is found by its name, or goes with its stack.
_CFN_STACK = "aws:cloudformation:stack-name"  # the tag that CloudFormation gives to what it makes
BATCH_RUNS = ("Submitted", "Validating", "Scheduled", "InProgress")
UNSEEN = "could not be listed"
_DIGEST_AND_TIME = re.compile(r"(-[0-9a-f]{8})?-\d{14,}$")
Tagged = dict[str, dict[str, str]]  # the tags of each ARN that carries ours


@dataclass(frozen=True)
class Resource:
    """Something of ours that exists. Names its kind, and why it is ours: by its name, by our tag, or both.

    stack : the CloudFormation stack that made it and deletes it. dollars_a_day : what it costs while it is left, used or not.
    reason : why it could not be deleted, or looked for.
    """

    kind: str
    name: str
    arn: str = ""
    by_name: bool = True
    by_tag: bool = False
    stack: str = ""
    dollars_a_day: float = 0.0
    reason: str = ""

    @property
    def label(self) -> str:
        """Kind and name as a reader sees them: without the end of a training job's name, which is another at each run."""
        return f"{self.kind.replace('_', ' ')} {_DIGEST_AND_TIME.sub('-…', self.name)}"


def look_around(aws: Workshop) -> list[Resource]:
    """Everything of ours that exists, in the order in which it can be deleted.

    What can't be listed is in it, too, as a resource of the kind `UNSEEN`: who could not look has not found nothing.
    """
    found: list[Resource] = []
    tagged: Tagged = {}
    finders: list[tuple[str, Callable[[], Iterator[Resource]]]] = [
        ("tags", lambda: _read_tags(aws, tagged)),
        ("Personalize", lambda: _personalize(aws, tagged)),
        ("schedules", lambda: _schedules(aws)),
        ("batch jobs", lambda: _batch_jobs(aws, tagged)),
        ("training jobs", lambda: _training_jobs(aws, tagged)),
        ("the index", lambda: _indices(aws)),
        ("files", lambda: _files(aws)),
        ("stacks", lambda: _stacks(aws, tagged)),
    ]
    for what, find in finders:
        try:
            found += find()
        except (BotoCoreError, ClientError, OpenSearchException, SettingsError) as error:
            found.append(Resource(UNSEEN, what, by_tag=what == "tags", by_name=what != "tags", reason=str(error)))
    return found + [thing for arn, tags in tagged.items() if (thing := _of_a_stack(arn, tags))]


def inventory(aws: Workshop) -> list[Resource]:
    """Everything that has one of our names: it should be empty after the clean-up. Every service is asked for its lists."""
    return [resource for resource in look_around(aws) if resource.by_name]


def inventory_by_tag(aws: Workshop) -> list[Resource]:
    """Everything that carries our tag: it should be empty after the clean-up, too. AWS's index of tags is asked.

    AWS says that this index also names what was deleted a while ago: such things count only while their own service lists them.
    """
    return [resource for resource in look_around(aws) if resource.by_tag]


def _read_tags(aws: Workshop, tagged: Tagged) -> Iterator[Resource]:
    pages = aws.client("resourcegroupstaggingapi").get_paginator("get_resources")
    for page in pages.paginate(TagFilters=[{"Key": TAG, "Values": [aws.prefix]}]):
        for item in page["ResourceTagMappingList"]:
            tagged[item["ResourceARN"]] = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
    yield from ()


def _personalize(aws: Workshop, tagged: Tagged) -> Iterator[Resource]:
    personalize, ours = aws.client("personalize"), {aws.name(thing) for thing in (*THINGS, *OWN)}
    # Personalize adds a dataset of its own to some groups.
    in_our_group = tuple(f":dataset/{aws.name(group)}/" for group in ("group", "own-group"))
    for kind, operation, member, arn in PERSONALIZE_ORDER:
        dollars = estimate({"personalize_v2_campaign_hour": 24}) if kind == "campaign" else 0.0
        for page in personalize.get_paginator(operation).paginate():
            for item in page[member]:
                by_name = item["name"] in ours or any(group in item[arn] for group in in_our_group)
                if by_name or item[arn] in tagged:
                    yield Resource(kind, item["name"], item[arn], by_name, item[arn] in tagged, dollars_a_day=dollars)


def _schedules(aws: Workshop) -> Iterator[Resource]:
    # After the campaign: should the clean-up be interrupted before it, AWS still deletes that.
    name = aws.name("delete-campaign")
    try:
        aws.client("scheduler").get_schedule(Name=name)
    except ClientError as error:
        # Who may not even look has not scheduled anything either.
        if error.response["Error"]["Code"] not in ("ResourceNotFoundException", "AccessDeniedException"):
            raise
    else:
        yield Resource("schedule", name)


def _batch_jobs(aws: Workshop, tagged: Tagged) -> Iterator[Resource]:
    """Those under way. AWS keeps the records of ended ones, which cost nothing and can't be deleted."""
    named = re.compile(rf"{re.escape(aws.prefix)}-batch-[0-9a-f]{{16}}")
    pages = aws.client("bedrock").get_paginator("list_model_invocation_jobs")
    for status in BATCH_RUNS:
        for job in (job for page in pages.paginate(statusEquals=status) for job in page["invocationJobSummaries"]):
            by_name, by_tag = bool(named.fullmatch(job["jobName"])), job["jobArn"] in tagged
            if by_name or by_tag:
                yield Resource("batch job", job["jobName"], job["jobArn"], by_name, by_tag)


def _training_jobs(aws: Workshop, tagged: Tagged) -> Iterator[Resource]:
    # The name that training_jobs.py and the SDK give: the number of clusters, a digest, the time.
    named = re.compile(rf"{re.escape(aws.prefix)}-kmeans-\d+-[0-9a-f]{{8}}-\d+")
    pages = aws.client("sagemaker").get_paginator("list_training_jobs").paginate(NameContains="-kmeans-")
    for job in (job for page in pages for job in page["TrainingJobSummaries"]):
        name, arn = job["TrainingJobName"], job["TrainingJobArn"]
        by_name = bool(named.fullmatch(name))
        if by_name or arn in tagged:
            runs = job["TrainingJobStatus"] in ("InProgress", "Stopping")  # it ends by itself, when LONGEST_RUN is over
            dollars = estimate({"ml_m5_large_hour": LONGEST_RUN / 3600}) if runs else 0.0
            yield Resource("training job", name, arn, by_name, arn in tagged, dollars_a_day=dollars)


def _indices(aws: Workshop) -> Iterator[Resource]:
    if not _is_usable(aws):
        return  # without the stack there is no OpenSearch to look into, and no index
    name = aws.index_name
    numbered = re.compile(rf"{re.escape(name)}(-own)?(-v\d+)?")  # the index, and its successors behind an alias of its name
    try:
        known: Mapping[str, Any] = aws.opensearch.indices.get_alias(index=f"{name}*")
    except NotFoundError:
        return
    for index in sorted(known):
        if numbered.fullmatch(index) or name in known[index]["aliases"]:
            # A domain or collection bills by the hour with or without an index; it belongs to the stack, not to us.
            yield Resource("opensearch index", index)


def _files(aws: Workshop) -> Iterator[Resource]:
    keys = list(keys_of(aws)) if _is_usable(aws) else []
    if keys:
        noun = "file" if len(keys) == 1 else "files"
        yield Resource("files in S3", f"{aws.prefix}/ ({len(keys)} {noun})")


def keys_of(aws: Workshop) -> Iterator[str]:
    """The keys of our files in the bucket; none when the bucket is gone."""
    try:
        pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=aws.bucket, Prefix=f"{aws.prefix}/")
        yield from (item["Key"] for page in pages for item in page.get("Contents", []))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def _stacks(aws: Workshop, tagged: Tagged) -> Iterator[Resource]:
    for name in (f"{aws.prefix}-search-api", aws.prefix):
        stack = find_stack(aws, name)
        if stack and stack["StackStatus"] != "DELETE_COMPLETE" and is_stack_of(stack, aws.prefix):
            bills = sum(_dollars_a_day(kind) for _, kind, _ in resources_of(aws, stack["StackId"]))
            yield Resource("stack", name, stack["StackId"], True, stack["StackId"] in tagged, dollars_a_day=bills)


def _of_a_stack(arn: str, tags: Mapping[str, str]) -> Resource | None:
    """A thing that no list above names. Those of services with lists are listed above, if they are really there.

    Personalize's import jobs and solution versions can't be deleted by themselves: they go with their dataset and solution.
    """
    _, _, service, _, _, thing = arn.split(":", 5)
    if service in ("personalize", "sagemaker", "cloudformation", "bedrock"):
        return None
    kind = {"s3": "bucket", "es": "OpenSearch domain", "logs": "log group"}.get(service, service)
    return Resource(kind, re.split("[/:]", thing, maxsplit=1)[-1], arn, False, True, stack=tags.get(_CFN_STACK, ""))


def _dollars_a_day(resource_type: str) -> float:
    """What a thing of the stack costs, whether it is used or not."""
    if resource_type == "AWS::OpenSearchService::Domain":
        return estimate({"opensearch_t3_small_hour": 24, "opensearch_gp3_gb_month": 10 * 12 / 365})
    return 0.0


def _is_usable(aws: Workshop) -> bool:
    """Whether bucket and OpenSearch can be looked into. Those of a stack that failed or is being deleted go with it."""
    if aws.brings_its_own:
        return True
    stack = find_stack(aws, aws.settings.room)  # in a shared room one's own files lie in the owner's bucket
    return stack is not None and stack["StackStatus"] in USABLE and aws.is_set_up
