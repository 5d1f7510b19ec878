"""AWS on this machine, wired together: which service answers, and what it needs for that."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from .arns import ACCOUNT, arn
from .services.iam import IAM
from .services.s3 import S3, ObjectFiles
from .services.sts import STS
from .session import Faults, LocalSession
from .store import Store

if TYPE_CHECKING:
    from .opensearch.node import Node

ROLES = {
    "workshop-sagemaker": "sagemaker.amazonaws.com",
    "workshop-personalize": "personalize.amazonaws.com",
}


class LocalCloud:
    """One account in one region, all of it in the folder `root`.

    weights : folder of the offline image and text encoder.
    faults : makes calls fail on purpose, see `LocalSession`.
    opensearch_flavour : the kind of OpenSearch that `node` plays: domain, serverless-classic or serverless-nextgen

    A bucket and the roles exist from the start, as the stack makes them on AWS.
    """

    def __init__(
        self,
        root: Path,
        *,
        weights: Path,
        region: str = "us-east-1",
        faults: Faults | None = None,
        opensearch_flavour: str = "domain",
    ):
        self.root = Path(root)
        self.region = region
        self.bucket = f"workshop-{region}-{ACCOUNT}"
        self._weights = Path(weights)
        self._opensearch_flavour = opensearch_flavour
        self._store = Store(self.root)
        self._objects = ObjectFiles(self._store)
        s3 = S3(self._objects, region)
        if not self._objects.has_bucket(self.bucket):
            s3.create_bucket(Bucket=self.bucket, **_location(region))
        services = {
            "s3": lambda: s3,
            "sts": STS,
            "iam": lambda: IAM(ROLES),
            "bedrock": self._bedrock,
            "bedrock-runtime": self._bedrock_runtime,
            "sagemaker": self._sagemaker,
            "personalize": self._personalize,
            "personalize-runtime": self._personalize_runtime,
            "personalize-events": self._personalize_events,
        }
        self.session = LocalSession(_BuiltOnFirstUse(services), region, faults)

    @cached_property
    def node(self) -> "Node":
        """The OpenSearch node that `LocalConnection` talks to."""
        from .opensearch.node import Node

        return Node(self.root / "opensearch", flavour=self._opensearch_flavour)

    def role_arn(self, name: str) -> str:
        """The ARN of one of the roles. Raises KeyError for any other."""
        if name not in ROLES:
            raise KeyError(f"no role {name!r}; the offline account has {', '.join(ROLES)}")
        return arn("iam", f"role/{name}")

    # Each service is imported when it is first called: a notebook waits only for the libraries that it needs.

    def _bedrock(self) -> object:
        from .services.bedrock import Bedrock

        return Bedrock(self.region)

    def _bedrock_runtime(self) -> object:
        from .services.bedrock_runtime import BedrockRuntime

        return BedrockRuntime(self._weights)

    def _sagemaker(self) -> object:
        from .services.sagemaker import SageMaker

        return SageMaker(
            self._store,
            list_objects=self._objects.list_uris,
            read_object=self._objects.read_uri,
            write_object=self._objects.write_uri,
            role_exists=lambda role: role in map(self.role_arn, ROLES),
            region=self.region,
        )

    def _personalize(self) -> object:
        from .services.personalize import Personalize

        return Personalize(self._store, self._objects.read_uri, self.region)

    def _personalize_runtime(self) -> object:
        from .services.personalize_runtime import PersonalizeRuntime

        return PersonalizeRuntime(self._store)

    def _personalize_events(self) -> object:
        from .services.personalize_events import PersonalizeEvents

        return PersonalizeEvents(self._store)


def _location(region: str) -> dict:
    """What `create_bucket` needs to be told about the region: nothing in us-east-1."""
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


class _BuiltOnFirstUse(Mapping[str, object]):
    """Services by name, each made once, when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], object]]):
        self._makers = makers
        self._made: dict[str, object] = {}
        self._making = RLock()

    def __getitem__(self, name: str) -> object:
        with self._making:
            if name not in self._made:
                self._made[name] = self._makers[name]()
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
