"""What the workshop finds in a reader's account: the outputs of the stack, or what the settings give in their place."""

from __future__ import annotations

from collections.abc import Mapping

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .settings import Settings, SettingsError

MOST_RETRIES = 10
RETRIES = Config(retries={"mode": "adaptive", "max_attempts": MOST_RETRIES}, connect_timeout=10, read_timeout=60)
# For a look that keeps nobody waiting: what it can't see at once it does not see.
QUICK = Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=5)
STACK_HELP = (
    "Run the cell that launches the stack in notebook 00, or set WORKSHOP_BUCKET (a bucket that Personalize may read), "
    "WORKSHOP_ROLE_ARN (a role that SageMaker and Personalize may assume) and OPENSEARCH_URL."
)
NEEDED = ("BucketName", "SageMakerRoleArn", "PersonalizeRoleArn", "OpenSearchEndpoint")  # outputs of the stack


class AwsAccount:
    """The stack of the settings' prefix, or of the room that they share, in the account of a session.

    brings_its_own: bucket, role and OpenSearch are given, so no stack is needed.
    """

    def __init__(self, session: boto3.Session, settings: Settings):
        self._session, self._settings = session, settings
        roles = dict.fromkeys(("SageMakerRoleArn", "PersonalizeRoleArn", "BatchRoleArn"), settings.role_arn)
        named = {"BucketName": settings.bucket, "OpenSearchEndpoint": settings.opensearch_url, **roles}
        self._given = {name: value for name, value in named.items() if value}
        self.brings_its_own = self._given.keys() >= set(NEEDED)

    def find(self) -> Mapping[str, str]:
        """Outputs by name, what is given before what the stack has. Raises SettingsError for what is missing."""
        found = self._given if self.brings_its_own else {**self._outputs(), **self._given}
        if missing := [name for name in NEEDED if name not in found]:
            settings = self._settings
            raise SettingsError(
                f"On AWS the workshop needs a stack; '{settings.room}' in {settings.region} is not there, not ready, or "
                f"lacks {', '.join(missing)}. {STACK_HELP}"
            )
        return found

    def is_there(self) -> bool:
        """Whether all that is needed is there now."""
        return {**self._outputs(), **self._given}.keys() >= set(NEEDED)

    def _outputs(self) -> dict[str, str]:
        name = self._settings.room
        try:
            cloudformation = self._session.client("cloudformation", config=RETRIES)
            stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's way of saying: no such stack
                return {}
            raise SettingsError(
                f"AWS refused to describe the stack '{name}': {error}. Check your credentials with "
                "`aws sts get-caller-identity`, then run this cell again."
            ) from error
        except BotoCoreError as error:
            raise SettingsError(
                f"AWS can't be reached: {error}. Check your credentials and network, or unset WORKSHOP_MODE to "
                "work offline."
            ) from error
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
