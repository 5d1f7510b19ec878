"""`connect()`: the one place that knows offline from AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from opensearchpy import OpenSearch

from .aws_account import MOST_RETRIES, QUICK, RETRIES, STACK_HELP, AwsAccount
from .credentials import ask_to_sign_in, following_session
from .embedder import Embedder, space_of
from .index_flavours import FLAVOURS, flavour_of
from .models import EMBEDDERS, make_embedder
from .opensearch_client import PatientClient, connect_to_opensearch
from .patience import patient
from .read_only import keep_index_read_only, keep_read_only
from .running import running_lines
from .search import SearchEngine
from .settings import DEFAULT_PREFIX, REPOSITORY, SHIPPED_DATA, Settings, SettingsError, read_settings
from .shared_room import attach
from .state import State
from .tagging import tag_what_is_made

if TYPE_CHECKING:
    from .local.cloud import LocalCloud


@dataclass(frozen=True)
class Workshop:
    """Everything a notebook needs to know about where it runs.

    What the stack makes (bucket, roles, OpenSearch) is looked up when it is first asked for: before that, and before
    there is a stack, all the rest works. Asking raises SettingsError while it is missing; the message says what to do.
    poll_seconds: pause between two looks at a resource that is being made (0 offline). home: folder of state and caches.
    data: folder of pictures and click log. brings_its_own: bucket, role and OpenSearch are given, so no stack is needed.
    """

    settings: Settings
    session: boto3.Session
    poll_seconds: float
    brings_its_own: bool
    _is_there: Callable[[], bool] = field(repr=False)
    _find: Callable[[], Mapping[str, str]] = field(repr=False)
    _opensearch_at: Callable[[str, str | None], OpenSearch] = field(repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def _found(self) -> Mapping[str, str]:
        return self._find()

    @property
    def is_set_up(self) -> bool:
        """Whether bucket, roles and OpenSearch are there, now; asking makes nothing."""
        return self.brings_its_own or self._is_there()

    @property
    def bucket(self) -> str:
        return self._found["BucketName"]

    @property
    def sagemaker_role_arn(self) -> str:
        return self._found["SageMakerRoleArn"]

    @property
    def personalize_role_arn(self) -> str:
        return self._found["PersonalizeRoleArn"]

    @property
    def batch_role_arn(self) -> str:
        """The role that Bedrock's batch jobs take. Raises SettingsError when the stack is too old to have one."""
        if "BatchRoleArn" not in self._found:
            raise SettingsError("The stack has no role for batch jobs. " + STACK_HELP)
        return self._found["BatchRoleArn"]

    @property
    def scheduler_role_arn(self) -> str:
        """The role of a scheduled deletion. Raises SettingsError when the stack is too old to have one, or is not ours."""
        if "SchedulerRoleArn" not in self._found:
            raise SettingsError("There is no role for a schedule. Run the cell that launches the stack in notebook 00 again.")
        return self._found["SchedulerRoleArn"]

    @cached_property
    def opensearch(self) -> OpenSearch:
        settings = self.settings
        if settings.opensearch_url:
            client = self._opensearch_at(settings.opensearch_url, settings.opensearch)
        else:
            client = self._opensearch_at(self._found["OpenSearchEndpoint"], self._found.get("OpenSearchFlavour"))
        if settings.shared:
            keep_index_read_only(client, shared=settings.shared, own_index=self.index_name)
        return client

    @property
    def flavour(self) -> str:
        """The kind of OpenSearch in force: domain, serverless-classic or serverless-nextgen."""
        return flavour_of(self.opensearch).name

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
    def index_name(self) -> str:
        return self.name("images")

    @cached_property
    def state(self) -> State:
        name = "state.json" if self.prefix == DEFAULT_PREFIX else f"state-{self.prefix}.json"
        if self.settings.shared:  # what was made alone stays apart from what a room lends
            name = f"state-{self.prefix}-at-{self.settings.shared}.json"
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
            self._clients[service] = patient(self.session.client(service, config=RETRIES), MOST_RETRIES)
        return self._clients[service]

    def new_visitor(self) -> str:
        """A user id that nobody had before: the next number after the visitors so far, in a room with one's own prefix."""
        own = f"{self.prefix}-" if self.settings.shared else ""
        return f"{own}visitor-{self.state.count('visitors'):04d}"

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
    """The workshop's connection to its services, offline unless told otherwise; prints what decided and, on AWS, what bills.

    announce: False prints nothing, and asks nothing of AWS except for what a shared room lends.
    Raises SettingsError when a setting can't be used; nothing for what AWS does not let us see.
    """
    settings = settings or read_settings()
    workshop = _offline(settings) if settings.mode == "offline" else _on_aws(settings)
    tag_what_is_made(workshop.session, settings.prefix)
    if settings.shared:
        keep_read_only(workshop.session, shared=settings.shared, own=settings.prefix)
    lines = [attach(workshop)] if settings.shared else []
    if announce:
        print(settings, *lines, *_costs_so_far(workshop), sep="\n")
    return workshop


def local_cloud(settings: Settings) -> LocalCloud:
    """The offline cloud: AWS on this machine, in a folder one can open."""
    from .local.cloud import LocalCloud

    weights = REPOSITORY / "seeds" / "titan_offline"
    flavour = settings.opensearch or "domain"
    cloud = settings.home / "cloud"
    return LocalCloud(cloud, weights=weights, region=settings.region, opensearch_flavour=flavour, faults=settings.faults)


def _offline(settings: Settings) -> Workshop:
    cloud = local_cloud(settings)
    ask_to_sign_in(cloud.session)

    def find() -> Mapping[str, str]:
        if settings.shared and not cloud.has_stack(settings.shared):
            raise SettingsError(f"the room '{settings.shared}' has no stack; its owner launches it in notebook 00")
        try:
            return cloud.stack(settings.room, settings.opensearch or "domain")
        except RuntimeError as error:
            raise SettingsError(
                f"The offline stack '{settings.room}' can't be used: {error}. Run `delete_stack(aws)` (from helpers.stack), "
                "or start again with `make clean`."
            ) from error

    def opensearch_at(endpoint: str, flavour: str | None) -> OpenSearch:
        from .local.opensearch.connection import LocalConnection

        if settings.opensearch_url:
            return connect_to_opensearch(endpoint, flavour)
        # The stand-in shows what was written after so many looks: there is no time to wait for between two.
        rules = FLAVOURS[settings.opensearch or "domain"].without_waits()
        return PatientClient([{"host": "local"}], flavour=rules, connection_class=LocalConnection, node=cloud.node)

    return Workshop(settings, cloud.session, 0, False, lambda: cloud.has_stack(settings.room), find, opensearch_at)


def _on_aws(settings: Settings) -> Workshop:
    session = following_session(settings.region)
    if session.get_credentials() is None:
        raise SettingsError(
            "AWS credentials are missing. Run `aws configure` or `aws sso login` (in SageMaker Studio the space's role "
            "is used), or unset WORKSHOP_MODE to work offline."
        )
    account = AwsAccount(session, settings)

    def opensearch_at(endpoint: str, flavour: str | None) -> OpenSearch:
        return connect_to_opensearch(endpoint, flavour, session)

    return Workshop(settings, session, 30, account.brings_its_own, account.is_there, account.find, opensearch_at)


def _costs_so_far(workshop: Workshop) -> list[str]:
    """On AWS, what runs and bills; offline nothing does."""
    if workshop.mode == "offline":
        return []
    return running_lines(lambda service: workshop.session.client(service, config=QUICK), workshop.settings.room)
