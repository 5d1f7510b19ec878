"""Resource Groups Tagging: which things of the offline account carry a tag. It looks at the things themselves.

Unconfirmed: which types AWS's own index of tags knows (it names no schemas and no roles here, as they have no tags or, as
remembered, are not in it), and for how long it still names what has been deleted. Ours names nothing that is gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..arns import arn
from ..errors import ServiceError
from ..store import Store
from . import personalize_records as personalize
from .bedrock_jobs import JOBS as BATCH_JOBS
from .cloudformation.stacks import STACKS
from .s3.files import BUCKETS
from .sagemaker.jobs import JOBS

Tags = dict[str, str]
# What a stack makes and nothing else knows, by resource type: service and resource of its ARN.
_OF_STACKS: dict[str, tuple[str, str]] = {
    "AWS::OpenSearchService::Domain": ("es", "domain/{}"),
    "AWS::OpenSearchServerless::Collection": ("aoss", "collection/{}"),
    "AWS::OpenSearchServerless::CollectionGroup": ("aoss", "collection-group/{}"),
    "AWS::Logs::LogGroup": ("logs", "log-group:{}"),
    "AWS::Lambda::Function": ("lambda", "function:{}"),
    "AWS::ApiGatewayV2::Api": ("apigateway", "/apis/{}"),
}
_STACK_NAME = "aws:cloudformation:stack-name"  # CloudFormation puts it on what it makes


class Tagging:
    """Answers `get_resources`."""

    INVALID_REQUEST = "InvalidParameterException"

    def __init__(self, store: Store, region: str = "us-east-1"):
        self._store, self._region = store, region

    def get_resources(
        self,
        *,
        TagFilters: Sequence[Mapping[str, Any]] = (),
        ResourcesPerPage: int = 50,
        PaginationToken: str = "",
    ) -> dict:
        """A page of ARNs with all their tags: things that have every filter's key, with one of its values if it names any."""
        if not PaginationToken.isdecimal() and PaginationToken:
            raise ServiceError("PaginationTokenExpiredException", "The PaginationToken is not valid any more.")
        if not 1 <= ResourcesPerPage <= 100:
            raise ServiceError(self.INVALID_REQUEST, "ResourcesPerPage must be between 1 and 100.")
        found = [
            {"ResourceARN": name, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
            for name, tags in sorted(self._tagged(), key=lambda thing: thing[0])
            if tags and all(_fits(tags, wanted) for wanted in TagFilters)
        ]
        start = int(PaginationToken or 0)
        end = start + ResourcesPerPage
        token = str(end) if end < len(found) else ""  # AWS ends with an empty one
        return {"ResourceTagMappingList": found[start:end], "PaginationToken": token}

    def _tagged(self) -> Iterator[tuple[str, Tags]]:
        for kind in personalize.ALL:
            for record in self._store.all(kind.folder):
                yield record[kind.arn], _pairs(record["offline"].get("tags"), "tagKey", "tagValue")
        for job in self._store.all(JOBS):
            yield job["TrainingJobArn"], _pairs(job["offline"]["tags"])
        for job in self._store.all(BATCH_JOBS):
            yield job["jobArn"], _pairs(job.get("tags"), "key", "value")
        stacks = [stack for stack in self._store.all(STACKS) if stack["StackStatus"] != "DELETE_COMPLETE"]
        made_by = {
            (resource["type"], resource["name"]): stack["StackName"]
            for stack in stacks
            for resource in stack["offline"]["resources"].values()
        }
        for bucket in self._store.all(BUCKETS):
            maker = made_by.get(("AWS::S3::Bucket", bucket["Name"]))
            yield arn("s3", bucket["Name"]), _pairs(bucket.get("TagSet")) | _stack(maker)
        for stack in stacks:
            yield stack["StackId"], _pairs(stack["Tags"])
            yield from self._made_by(stack)

    def _made_by(self, stack: Mapping[str, Any]) -> Iterator[tuple[str, Tags]]:
        for resource in stack["offline"]["resources"].values():
            there = not resource["refused"] and resource["status"] not in ("DELETE_COMPLETE", "CREATE_IN_PROGRESS")
            if there and resource["type"] in _OF_STACKS:
                service, form = _OF_STACKS[resource["type"]]
                tags = _pairs(stack["Tags"]) | _pairs(resource["properties"].get("Tags")) | _stack(stack["StackName"])
                yield arn(service, form.format(resource["name"]), self._region), tags


def _fits(tags: Tags, wanted: Mapping[str, Any]) -> bool:
    values: Sequence[str] = wanted.get("Values") or ()
    return wanted["Key"] in tags and (not values or tags[wanted["Key"]] in values)


def _pairs(tags: Any, key: str = "Key", value: str = "Value") -> Tags:
    return dict(tags) if isinstance(tags, Mapping) else {tag[key]: tag[value] for tag in tags or ()}


def _stack(name: str | None) -> Tags:
    return {_STACK_NAME: name} if name else {}


