"""AWS on this machine, wired together: which service answers, and what it needs for that."""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from helpers.faults import FaultPlan

from .arns import arn, name_of
from .errors import ServiceError
from .faults import PlannedFaults
from .first_use import BuiltOnFirstUse
from .services.iam import IAM, ROLES
from .services.s3 import S3, ObjectFiles
from .services.sts import STS
from .session import Faults, LocalSession
from .store import Store

if TYPE_CHECKING:
    from .opensearch.node import Node
    from .services.cloudformation import CloudFormation

TEMPLATE = Path(__file__).parents[1] / "api" / "stack.yaml"
FIRST_STACK = "workshop"
TRAINING_QUOTAS = {"ml.m5.large": 15}  # of the offline account, and enforced; what an AWS account has is for AWS to say
RUNNER = Path(__file__).with_name("lambda_runner.py")


class LocalCloud:
    """One account in one region, all of it in the folder `root`.

    weights : folder of the offline image and text encoder.
    faults : makes calls fail on purpose, see `LocalSession`; or a plan, which also makes jobs, documents and writes fail.
    opensearch_flavour : the kind of OpenSearch that `node` plays: domain, serverless-classic or serverless-nextgen
    training_quotas : machines that may train at the same time by their type, such as {"ml.m5.large": 2}; no limit for others.

    Bucket and roles come from a stack, as on AWS; `stack` launches one where nobody has.
    """

    def __init__(
        self,
        root: Path,
        *,
        weights: Path,
        region: str = "us-east-1",
        faults: Faults | FaultPlan | None = None,
        opensearch_flavour: str = "domain",
        training_quotas: Mapping[str, int] | None = None,
    ):
        self.root = Path(root)
        self._training_quotas = dict(TRAINING_QUOTAS if training_quotas is None else training_quotas)
        self.region = region
        self._weights = Path(weights)
        self._opensearch_flavour = opensearch_flavour
        self.planned = PlannedFaults(faults if isinstance(faults, FaultPlan) else FaultPlan(), self.root)
        self._store = Store(self.root, self.planned.before_write)
        self._objects = ObjectFiles(self._store)
        self._s3 = S3(self._objects, region)
        self._services = BuiltOnFirstUse({
            "s3": lambda: self._s3,
            "sts": STS,
            "iam": lambda: IAM(self._store),
            "cloudformation": lambda: self._stacks,
            "service-quotas": self._service_quotas,
            "scheduler": self._scheduler,
            "bedrock": self._bedrock,
            "bedrock-runtime": self._bedrock_runtime,
            "sagemaker": self._sagemaker,
            "personalize": self._personalize,
            "personalize-runtime": self._personalize_runtime,
            "personalize-events": self._personalize_events,
            "resourcegroupstaggingapi": self._tagging,
        })  # fmt: skip
        self.session = LocalSession(self._services, region, self.planned if isinstance(faults, FaultPlan) else faults)

    @cached_property
    def node(self) -> "Node":
        """The OpenSearch node that `LocalConnection` talks to."""
        from .opensearch.node import Node

        return Node(self.root / "opensearch", flavour=self._opensearch_flavour, faults=self.planned)

    def stack(self, name: str = FIRST_STACK, opensearch: str = "domain") -> dict[str, str]:
        """The outputs of the workshop's stack of this name, by key. Where there is none it is launched, here and now.

        opensearch : which one a new stack gets, as the template calls it.

        Raises RuntimeError when the stack can't be made, or can't be used as it stands; the message says why.
        """
        while True:
            try:
                stack = self._stacks.describe_stacks(StackName=name)["Stacks"][0]
            except ServiceError:  # there is none
                self._launch(name, opensearch)
                continue
            if stack["StackStatus"].endswith("_IN_PROGRESS"):
                continue
            if "Outputs" in stack and not stack["StackStatus"].startswith("DELETE"):
                return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
            events = self._stacks.describe_stack_events(StackName=name)["StackEvents"]
            reasons = [event["ResourceStatusReason"] for event in events if event["ResourceStatus"].endswith("_FAILED")]
            raise RuntimeError(f"{stack['StackStatus']}: {reasons[-1]}")

    def has_stack(self, name: str) -> bool:
        """Whether there is a stack of this name, in whatever state."""
        return any(stack["StackName"] == name for stack in self._stacks.describe_stacks()["Stacks"])

    def _launch(self, name: str, opensearch: str) -> None:
        parameters = {"Prefix": name, "OpenSearch": opensearch}
        if opensearch.startswith("serverless"):
            parameters["NotebookArns"] = STS().get_caller_identity()["Arn"]
        try:
            self._stacks.create_stack(
                StackName=name,
                TemplateBody=TEMPLATE.read_text(encoding="utf-8"),
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Tags=[{"Key": "workshop", "Value": name}],
            )
        except ServiceError as error:
            if error.code != "AlreadyExistsException":  # another kernel was quicker, and its stack is the one
                raise

    @property
    def bucket(self) -> str:
        """The bucket of the first stack."""
        return self.stack()["BucketName"]

    def role_arn(self, name: str) -> str:
        """The ARN of one of the first stack's roles, such as "workshop-sagemaker". Raises KeyError for any other."""
        roles = {name_of(value): value for key, value in self.stack().items() if key.endswith("RoleArn")}
        if name not in roles:
            raise KeyError(f"no role {name!r}; the stack has {', '.join(roles)}")
        return roles[name]

    @cached_property
    def _stacks(self) -> "CloudFormation":
        from .services.cloudformation import CloudFormation, api_kinds, resource_kinds
        from .services.serving import Apis, Functions, Servers

        apis, functions = Apis(self._store), Functions(self._store, self._objects.read_uri, self._role_exists)
        kinds = resource_kinds(self._store, self._s3, self.region, self._wipe_indices) | api_kinds(apis, functions, self.region)
        servers = Servers(apis, functions, self._container, self.session.get_credentials, self.region)
        return CloudFormation(self._store, kinds, self.region, servers.address_of)

    def _container(self, function: Mapping[str, Any]) -> Sequence[str]:
        """What starts a container of a function. Its OpenSearch is the node here, unless its endpoint is none of AWS's."""
        host = urlsplit(function.get("Environment", {}).get("Variables", {}).get("OPENSEARCH_ENDPOINT", "")).hostname or ""
        told = {
            "root": str(self.root.absolute()), "weights": str(self._weights.absolute()), "region": self.region,
            "flavour": self._opensearch_flavour, "node": host.endswith((".amazonaws.com", ".on.aws")),
            "code": function["code"], "handler": function["Handler"],
        }  # fmt: skip
        return [sys.executable, "-P", "-s", str(RUNNER), json.dumps(told)]

    def _role_exists(self, role: str) -> bool:
        name = name_of(role)
        return role == arn("iam", f"role/{name}") and self._store.read(ROLES, name) is not None

    def _wipe_indices(self) -> None:
        self.node.handle("DELETE", "/*", {}, b"")

    # Each service is imported when it is first called: a notebook waits only for the libraries that it needs.

    def _scheduler(self) -> object:
        from .services.scheduler import Scheduler

        return Scheduler(self._store, self._role_exists, self.region)

    def _service_quotas(self) -> object:
        from .services.service_quotas import ServiceQuotas

        return ServiceQuotas(self._training_quotas, self.region)

    def _bedrock(self) -> object:
        from .services.bedrock import Bedrock
        from .services.bedrock_jobs import Surroundings

        files = self._objects
        around = Surroundings(
            self._store, files.list_uris, files.read_uri, files.write_uri, self._role_exists, self._invoke_model
        )
        return Bedrock(around, self.region)

    def _invoke_model(self, model: str, request: dict) -> dict:
        runtime: Any = self._services["bedrock-runtime"]
        return json.loads(runtime.invoke_model(modelId=model, body=json.dumps(request))["body"].read())

    def _bedrock_runtime(self) -> object:
        from .services.bedrock_runtime import BedrockRuntime

        return BedrockRuntime(self._weights, self.region)

    def _sagemaker(self) -> object:
        from .services.sagemaker import SageMaker

        return SageMaker(
            self._store,
            list_objects=self._objects.list_uris,
            read_object=self._objects.read_uri,
            write_object=self._objects.write_uri,
            role_exists=self._role_exists,
            region=self.region,
            quotas=self._training_quotas,
            reason_to_fail=lambda: self.planned.reason_to_fail("training"),
        )

    def _personalize(self) -> object:
        from .services.personalize import Personalize

        return Personalize(self._store, self._objects.read_uri, self.region, self.planned.reason_to_fail)

    def _personalize_runtime(self) -> object:
        from .services.personalize_runtime import PersonalizeRuntime

        return PersonalizeRuntime(self._store)

    def _personalize_events(self) -> object:
        from .services.personalize_events import PersonalizeEvents

        return PersonalizeEvents(self._store)

    def _tagging(self) -> object:
        from .services.tagging import Tagging

        return Tagging(self._store, self.region)
