"""The CloudFormation stack: launch it, watch it, list what it made, delete it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from botocore.exceptions import ClientError

from .progress import progress
from .settings import SettingsError
from .stack_status import FAILED, STARTS, find_stack, first_failure, resources_of, told
from .waiting import GONE, WaitError, wait_until
from .workshop import Workshop

TEMPLATE = Path(__file__).with_name("api") / "stack.yaml"
READY = "ready"
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
START_AGAIN = "CloudFormation can't go on from there: run `delete_stack(aws)` (from helpers.stack), then this cell again."
WHAT_FOR = {
    "Bucket": "vectors, click log and models",
    "BucketPolicy": "TLS only; Personalize may read",
    "SageMakerRole": "what SageMaker may do while it trains",
    "PersonalizeRole": "what Personalize may read",
    "SchedulerRole": "a scheduled deletion of the campaign",
    "BatchRole": "what a batch job of Bedrock may read and write",
    "SearchRole": "what the search function may do",
    "AttendeePolicy": "what these notebooks may call",
    "SearchLogs": "what the search function logs, for 14 days",
    "Domain": "the index; bills by the hour",
    "CollectionGroup": "the ceiling of what the collection may cost",
    "EncryptionPolicy": "the collection's encryption",
    "NetworkPolicy": "how the collection is reached",
    "DataPolicy": "who may read and write the collection",
    "Collection": "the index",
}
KINDS = {
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::S3::BucketPolicy": "bucket policy",
    "AWS::IAM::Role": "IAM role",
    "AWS::IAM::ManagedPolicy": "IAM policy",
    "AWS::Logs::LogGroup": "log group",
    "AWS::OpenSearchService::Domain": "OpenSearch domain",
}


def launch_stack(aws: Workshop) -> None:
    """Nothing, once the stack is ready: made now, found, or brought up to date. Prints one line, always the same.

    Safe to run twice, at the same time as somebody else, and after an interruption. A stack that is there keeps its
    parameters. Raises WaitError with the first failure's reason, and SettingsError where the account does not allow it.
    """
    if aws.brings_its_own:
        print(f"stack {aws.prefix}: not needed, bucket, role and OpenSearch are given")
        return
    if aws.settings.shared:
        print(f"stack {aws.settings.shared}: the instructor's, nothing is launched")
        return
    launch = _Launch(aws)
    wait_until(
        launch.look, {READY}, FAILED, what=f"stack {aws.prefix}", seconds=min(aws.poll_seconds, 10), next_step=START_AGAIN
    )


def stack_resources(aws: Workshop) -> pd.DataFrame:
    """What the stack made, one row a thing: kind, name, what for."""
    if aws.brings_its_own or aws.settings.shared:
        given = [("S3 bucket", aws.bucket, WHAT_FOR["Bucket"]), ("IAM role", aws.sagemaker_role_arn, "what the services may do")]
        return pd.DataFrame(given, columns=["kind", "name", "what for"])
    rows = [
        (KINDS.get(kind, kind.removeprefix("AWS::")), physical.rpartition("/")[2] or physical, WHAT_FOR.get(logical, ""))
        for logical, kind, physical in resources_of(aws)
    ]
    return pd.DataFrame(rows, columns=["kind", "name", "what for"])


def delete_stack(aws: Workshop, name: str = "", *, with_other_files: bool = False) -> None:
    """Nothing, once the stack is gone, with its bucket, the files in it and its OpenSearch. Prints one line.

    Safe to run again after an interruption, and when there is none. name : of another stack than that of the prefix.
    with_other_files : delete files of the bucket, too, that are not under the prefix, where only somebody else can have put
    them; otherwise they raise SettingsError. Raises WaitError with the reason when CloudFormation can't delete something.
    """
    cloudformation, what = aws.client("cloudformation"), f"stack {name or aws.prefix}"
    stack = None if aws.brings_its_own and not name else find_stack(aws, name or aws.prefix)
    # To look at a stack that is being deleted may be the look that finds it gone.
    if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
        print(f"{what}: {GONE}")
        return
    for _, kind, bucket in resources_of(aws, stack["StackId"]):
        if kind == "AWS::S3::Bucket":
            _empty(aws, bucket, with_other_files)
    cloudformation.delete_stack(StackName=stack["StackId"])

    def look() -> Mapping[str, Any]:
        now = find_stack(aws, stack["StackId"])
        if now is None or now["StackStatus"] == "DELETE_COMPLETE":
            return {"status": GONE}
        return told(aws, now)

    again = "Remove the cause, then run this cell again."
    wait_until(look, {GONE}, {"DELETE_FAILED"}, what=what, seconds=min(aws.poll_seconds, 10), next_step=again)


class _Launch:
    """Whatever state the stack is in, one look takes it towards being ready: so it does not matter where we begin."""

    def __init__(self, aws: Workshop):
        self.aws, self.body = aws, TEMPLATE.read_text(encoding="utf-8")
        self.cloudformation = aws.client("cloudformation")
        self.has_updated = False

    def look(self) -> Mapping[str, Any]:
        stack = find_stack(self.aws, self.aws.prefix)
        if stack is None:
            self._create()
            return {"status": STARTS[0]}
        status = stack["StackStatus"]
        if status in GOOD:
            _refuse_another_opensearch(self.aws, stack)
            if not self.has_updated:
                self.has_updated = True
                if self._is_outdated() and self._update(stack):
                    return {"status": STARTS[1]}
            elif status == "UPDATE_ROLLBACK_COMPLETE":
                raise WaitError(
                    f"The update of stack {self.aws.prefix} failed and was undone; the stack is as it was, and works. "
                    f"{first_failure(self.aws, stack)}. Put helpers/api/stack.yaml back to use it, or mend the cause."
                )
            return {"status": READY}
        return told(self.aws, stack)

    def _create(self) -> None:
        settings = self.aws.settings
        kind = "existing" if settings.opensearch_url else settings.opensearch or "domain"
        parameters = {"Prefix": self.aws.prefix, "OpenSearch": kind}
        if kind.startswith("serverless"):
            parameters["NotebookArns"] = caller_arn(self.aws)
        try:
            self.cloudformation.create_stack(
                StackName=self.aws.prefix,
                TemplateBody=self.body,
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Tags=[{"Key": "workshop", "Value": self.aws.prefix}],
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code.startswith("AccessDenied"):
                raise SettingsError(
                    "This account does not let you launch a stack. Ask its administrator to launch helpers/api/stack.yaml, or "
                    "for a bucket and a role, and set WORKSHOP_BUCKET, WORKSHOP_ROLE_ARN and OPENSEARCH_URL."
                ) from error
            if code != "AlreadyExistsException":  # somebody was quicker, and theirs is ours
                raise

    def _is_outdated(self) -> bool:
        # Compared here, so that who may only look at the stack never asks to change it.
        template = self.cloudformation.get_template(StackName=self.aws.prefix)["TemplateBody"]
        return isinstance(template, str) and template.strip() != self.body.strip()

    def _update(self, stack: Mapping[str, Any]) -> bool:
        """Whether an update has begun. A stack that is up to date, or that we may not change, stays as it is."""
        try:
            self.cloudformation.update_stack(
                StackName=stack["StackId"],
                TemplateBody=self.body,
                Parameters=[{"ParameterKey": p["ParameterKey"], "UsePreviousValue": True} for p in stack["Parameters"]],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
        except ClientError as error:
            problem = error.response["Error"]
            if "No updates are to be performed" in problem["Message"] or problem["Code"].startswith("AccessDenied"):
                return False
            if "IN_PROGRESS" not in problem["Message"]:  # somebody was quicker
                raise
        return True


def _refuse_another_opensearch(aws: Workshop, stack: Mapping[str, Any]) -> None:
    has = next((p["ParameterValue"] for p in stack["Parameters"] if p["ParameterKey"] == "OpenSearch"), None)
    if has in (None, "existing", aws.settings.opensearch) or aws.settings.opensearch is None or aws.settings.opensearch_url:
        return
    raise SettingsError(
        f"The stack {aws.prefix} has OpenSearch as {has}, and your setting says {aws.settings.opensearch}. Set "
        f"WORKSHOP_OPENSEARCH={has}, choose another WORKSHOP_PREFIX, or run `delete_stack(aws)` to begin again."
    )


def _empty(aws: Workshop, bucket: str, with_other_files: bool) -> None:
    """Deletes the files of a bucket: CloudFormation can't delete one that holds any."""
    s3 = aws.client("s3")
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return
        raise
    others = [key for key in keys if not key.startswith(f"{aws.prefix}/")]
    if others and not with_other_files:
        raise SettingsError(
            f"The bucket {bucket} holds {len(others)} files that these notebooks did not put there, such as {others[0]}. Move "
            "them, or run `delete_stack(aws, with_other_files=True)`."
        )
    for start in progress(range(0, len(keys), 1000), "thousands of files deleted"):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys[start : start + 1000]], "Quiet": True})


def caller_arn(aws: Workshop) -> str:
    """The ARN of the role or user who runs the notebook: of the role itself, not of its session."""
    arn: str = aws.client("sts").get_caller_identity()["Arn"]
    if ":assumed-role/" not in arn:
        return arn
    # A session's ARN leaves out the role's path, so IAM is asked.
    return aws.client("iam").get_role(RoleName=arn.split("/")[1])["Role"]["Arn"]
