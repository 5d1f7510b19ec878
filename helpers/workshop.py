"""`connect()`: the one place that knows offline from AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy import OpenSearch, RequestsAWSV4SignerAuth, RequestsHttpConnection

from .embedder import Embedder, space_of
from .index_flavours import FLAVOURS, FlavouredClient, flavour_of, flavour_of_host
from .models import EMBEDDERS, make_embedder
from .search import SearchEngine
from .settings import DEFAULT_PREFIX, REPOSITORY, SHIPPED_DATA, Settings, SettingsError, read_settings
from .state import State

if TYPE_CHECKING:
    from .local.cloud import LocalCloud

RETRIES = Config(retries={"mode": "adaptive", "max_attempts": 10}, connect_timeout=10, read_timeout=60)
STACK_HELP = (
    "Set WORKSHOP_BUCKET (a bucket that Personalize may read), WORKSHOP_ROLE_ARN (a role that SageMaker and "
    "Personalize may assume) and OPENSEARCH_URL, or launch a CloudFormation stack named '{stack}' with the outputs "
    "BucketName, SageMakerRoleArn, PersonalizeRoleArn and OpenSearchEndpoint."
)


@dataclass(frozen=True)
class Workshop:
    """Everything a notebook needs to know about where it runs.

    bucket, sagemaker_role_arn, personalize_role_arn: names in the account. poll_seconds: pause between two looks at a
    resource that is being made (0 offline). home: folder of state and caches. data: folder of pictures and click log.
    """

    settings: Settings
    session: boto3.Session
    bucket: str
    sagemaker_role_arn: str
    personalize_role_arn: str
    poll_seconds: float
    opensearch: OpenSearch
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def mode(self) -> str:
        return self.settings.mode

    @property
    def region(self) -> str:
        return self.settings.region

    @property
    def prefix(self) -> str:
        return self.settings.prefix

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def data(self) -> Path:
        """The folder with images/, catalog.csv and interactions.csv: the reader's own, else the one that ships."""
        return self.settings.data if (self.settings.data / "catalog.csv").exists() else SHIPPED_DATA

    @property
    def flavour(self) -> str:
        """The kind of OpenSearch in force: domain, serverless-classic or serverless-nextgen."""
        return flavour_of(self.opensearch).name

    @property
    def index_name(self) -> str:
        return self.name("images")

    @cached_property
    def state(self) -> State:
        name = "state.json" if self.prefix == DEFAULT_PREFIX else f"state-{self.prefix}.json"
        chosen = EMBEDDERS[self.settings.embedder]
        return State(self.home / name, space=space_of(chosen.model, chosen.dimension))

    @cached_property
    def embedder(self) -> Embedder:
        """The model that turns texts and pictures into vectors, as WORKSHOP_EMBEDDER says."""
        return make_embedder(self.settings.embedder, self.client)

    def name(self, thing: str) -> str:
        """The name of one of our resources: everything we make starts with the prefix."""
        return f"{self.prefix}-{thing}"

    def client(self, service: str) -> Any:
        """The boto3 client of a service, made once; throttled and failed calls are retried by botocore."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, config=RETRIES)
        return self._clients[service]

    def new_visitor(self) -> str:
        """A user id that nobody had before: the next number after the visitors so far."""
        return f"visitor-{self.state.count('visitors'):04d}"

    def search_engine(self) -> SearchEngine:
        """What `personalized_search` needs. Raises NotReady naming the notebook whose work is missing."""
        return SearchEngine(
            self.embedder,
            self.opensearch,
            self.client("personalize-runtime"),
            self.state.require("index_name", made_in="03"),
            self.state.get("campaign_arn"),
        )


def connect(*, announce: bool = True, settings: Settings | None = None) -> Workshop:
    """The workshop's connection to its services, offline unless told otherwise; prints what decided.

    Raises SettingsError when a setting can't be used or, on AWS, when something that the stack provides is missing.
    """
    settings = settings or read_settings()
    workshop = _offline(settings) if settings.mode == "offline" else _on_aws(settings)
    if announce:
        model = "" if settings.embedder == "titan" else f" · embedder: {settings.embedder}"
        kind = "" if workshop.flavour == "domain" else f" · OpenSearch: {workshop.flavour}"
        print(
            f"mode: {settings.mode} (chosen by {settings.decided_by}) · region: {settings.region} · "
            f"prefix: {settings.prefix}{model}{kind}"
        )
    return workshop


def local_cloud(settings: Settings) -> LocalCloud:
    """The offline cloud: AWS on this machine, in a folder one can open."""
    from .local.cloud import LocalCloud

    return LocalCloud(
        settings.home / "cloud",
        weights=REPOSITORY / "seeds" / "titan_offline",
        region=settings.region,
        opensearch_flavour=settings.opensearch or "domain",
    )


def _offline(settings: Settings) -> Workshop:
    from .local.opensearch.connection import LocalConnection

    cloud = local_cloud(settings)
    if settings.opensearch_url:
        opensearch = _real_opensearch(settings.opensearch_url, settings.opensearch)
    else:
        # The stand-in shows what was written after so many looks: there is no time to wait for between two.
        flavour = FLAVOURS[settings.opensearch or "domain"].without_waits()
        opensearch = FlavouredClient(
            [{"host": "local"}], flavour=flavour, connection_class=LocalConnection, node=cloud.node
        )
    return Workshop(
        settings,
        cloud.session,
        cloud.bucket,
        cloud.role_arn("workshop-sagemaker"),
        cloud.role_arn("workshop-personalize"),
        0,
        opensearch,
    )


def _on_aws(settings: Settings) -> Workshop:
    session = boto3.Session(region_name=settings.region)
    if session.get_credentials() is None:
        raise SettingsError(
            "AWS credentials are missing. Run `aws configure` or `aws sso login` (in SageMaker Studio the space's role "
            "is used), or unset WORKSHOP_MODE to work offline."
        )
    outputs = (
        {}
        if settings.bucket and settings.role_arn and settings.opensearch_url
        else _stack_outputs(session, settings)
    )
    bucket = settings.bucket or outputs.get("BucketName")
    sagemaker_role = settings.role_arn or outputs.get("SageMakerRoleArn")
    personalize_role = settings.role_arn or outputs.get("PersonalizeRoleArn")
    endpoint = settings.opensearch_url or outputs.get("OpenSearchEndpoint")
    if not (bucket and sagemaker_role and personalize_role and endpoint):
        raise SettingsError(
            "Something that the workshop needs on AWS is missing. " + STACK_HELP.format(stack=settings.prefix)
        )
    return Workshop(
        settings,
        session,
        bucket,
        sagemaker_role,
        personalize_role,
        30,
        _real_opensearch(endpoint, settings.opensearch, session),
    )


def _stack_outputs(session: boto3.Session, settings: Settings) -> dict[str, str]:
    try:
        stack = session.client("cloudformation", config=RETRIES).describe_stacks(StackName=settings.prefix)[
            "Stacks"
        ][0]
    except ClientError as error:
        if (
            error.response["Error"]["Code"] == "ValidationError"
        ):  # CloudFormation's way of saying: no such stack
            return {}
        raise SettingsError(
            f"AWS refused to describe the stack '{settings.prefix}': {error}. Check your credentials with "
            "`aws sts get-caller-identity`, then run this cell again."
        ) from error
    except BotoCoreError as error:
        raise SettingsError(
            f"AWS can't be reached: {error}. Check your credentials and network, or unset WORKSHOP_MODE to "
            "work offline."
        ) from error
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _real_opensearch(endpoint: str, flavour: str | None, session: boto3.Session | None = None) -> OpenSearch:
    """A client of a real OpenSearch; endpoints of AWS are signed with the session's credentials.

    flavour: what it is, whatever its host's name says.
    """
    url = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    auth: Any = (unquote(url.username), unquote(url.password or "")) if url.username else None
    host = url.hostname or ""
    rules = FLAVOURS[flavour or flavour_of_host(host)]
    of_aws = host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".on.aws")) or rules.signing_name == "aoss"
    if session and of_aws:
        auth = RequestsAWSV4SignerAuth(session.get_credentials(), session.region_name, rules.signing_name)
    secure = url.scheme == "https"
    return FlavouredClient(
        hosts=[{"host": host, "port": url.port or (443 if secure else 9200)}],
        flavour=rules,
        http_auth=auth,
        use_ssl=secure,
        verify_certs=secure,
        connection_class=RequestsHttpConnection,
        timeout=60,  # a NextGen collection that slept wakes up within 10 to 30 seconds
        max_retries=5,
        retry_on_timeout=True,
    )
