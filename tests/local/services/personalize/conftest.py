"""A small click log, an offline cloud, and a dataset group that is as far as a test needs it."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.local.cloud import LocalCloud

RECIPE = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
SCHEMA = Path(__file__).parents[4].joinpath("seeds", "interactions_schema.json").read_text(encoding="utf-8")


def make_click_log(
    n_users=60, n_each=30, n_items=40, seed=0, header="USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"
) -> bytes:
    """A CSV where even users choose even items and odd users odd ones, nineteen times out of twenty."""
    rng = np.random.default_rng(seed)
    lines = [header]
    for user in range(n_users):
        for moment in range(n_each):
            item = 2 * rng.integers(n_items // 2) + (user + (rng.random() < 0.05)) % 2
            kind = rng.choice(["view", "favorite", "download"], p=[0.8, 0.15, 0.05])
            lines.append(f"u{user},{item},{kind},{1_700_000_000 + moment}")
    return ("\n".join(lines) + "\n").encode()


@dataclass
class Account:
    """An offline account with its clients, and shortcuts for the steps that a test is not about."""

    cloud: LocalCloud

    def __getattr__(self, name: str) -> Any:
        """The client of a service, made when a test first needs it: loading its model takes a while."""
        services = {"runtime": "personalize-runtime", "events": "personalize-events"}
        client = self.cloud.session.client(services.get(name, name))
        setattr(self, name, client)
        return client

    @property
    def role(self) -> str:
        return self.cloud.role_arn("workshop-personalize")

    def describe(self, kind: str, arn: str) -> dict[str, Any]:
        """One look at a resource."""
        member = kind.split("_")[0] + "".join(word.title() for word in kind.split("_")[1:])
        return getattr(self.personalize, f"describe_{kind}")(**{f"{member}Arn": arn})[member]

    def settle(self, kind: str, arn: str) -> dict[str, Any]:
        """Look until nothing changes any more; the last description."""
        while True:
            seen = self.describe(kind, arn)
            if seen["status"] in ("ACTIVE", "CREATE FAILED", "CREATE STOPPED"):
                return seen

    def group(self, name="group") -> str:
        arn = self.personalize.create_dataset_group(name=name)["datasetGroupArn"]
        self.settle("dataset_group", arn)
        return arn

    def dataset(self, group: str, schema=SCHEMA) -> str:
        name = group.rpartition("/")[2]
        schema_arn = self.personalize.create_schema(name=name, schema=schema)["schemaArn"]
        arn = self.personalize.create_dataset(
            name=name, schemaArn=schema_arn, datasetGroupArn=group, datasetType="Interactions"
        )["datasetArn"]
        self.settle("dataset", arn)
        return arn

    def start_import(self, dataset: str, data: bytes | None, name="import", mode="FULL") -> str:
        if data is not None:
            self.cloud.root.joinpath("s3", self.cloud.bucket, f"{name}.csv").write_bytes(data)
        return self.personalize.create_dataset_import_job(
            jobName=name,
            datasetArn=dataset,
            dataSource={"dataLocation": f"s3://{self.cloud.bucket}/{name}.csv"},
            roleArn=self.role,
            importMode=mode,
        )["datasetImportJobArn"]

    def run_import(self, dataset: str, data: bytes | None, name="import", mode="FULL") -> dict[str, Any]:
        return self.settle("dataset_import_job", self.start_import(dataset, data, name, mode))

    def solution(self, group: str, name="solution", **members) -> str:
        arn = self.personalize.create_solution(
            name=name, datasetGroupArn=group, recipeArn=RECIPE, performAutoTraining=False, **members
        )["solutionArn"]
        self.settle("solution", arn)
        return arn

    def version(self, solution: str) -> str:
        arn = self.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        self.settle("solution_version", arn)
        return arn

    def campaign(self, version: str, name="campaign") -> str:
        arn = self.personalize.create_campaign(name=name, solutionVersionArn=version)["campaignArn"]
        self.settle("campaign", arn)
        return arn

    def tracker(self, group: str, name="tracker") -> str:
        """The tracking id of a new event tracker."""
        answer = self.personalize.create_event_tracker(name=name, datasetGroupArn=group)
        self.settle("event_tracker", answer["eventTrackerArn"])
        return answer["trackingId"]

    def deployed(self, **members) -> tuple[str, str, str, str]:
        """(dataset group, solution, version, campaign), all ACTIVE."""
        group = self.group()
        self.run_import(self.dataset(group), make_click_log())
        solution = self.solution(group, **members)
        version = self.version(solution)
        return group, solution, version, self.campaign(version)

    def ranking(self, campaign: str, items, user="u0") -> list[dict[str, Any]]:
        return self.runtime.get_personalized_ranking(
            campaignArn=campaign, inputList=list(map(str, items)), userId=user
        )["personalizedRanking"]


def offline_account(folder: Path) -> Account:
    return Account(LocalCloud(folder, weights=folder / "no-weights-needed"))


@pytest.fixture(scope="module")
def shared_account(tmp_path_factory) -> Account:
    return offline_account(tmp_path_factory.mktemp("account"))


@pytest.fixture
def account(shared_account) -> Account:
    """An empty account. The clients stay from test to test, because they take longer to make than a test to run."""
    root, bucket = shared_account.cloud.root, shared_account.cloud.bucket
    shutil.rmtree(root / "personalize", ignore_errors=True)
    for file in (root / "s3" / bucket).iterdir():
        file.unlink()
    return shared_account


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> tuple[Account, str, str]:
    """(account, campaign, tracking id) of a trained ranker, shared by the tests of one file."""
    account = offline_account(tmp_path_factory.mktemp("served"))
    group, _, _, campaign = account.deployed()
    return account, campaign, account.tracker(group)


@pytest.fixture
def click_log():
    """The function that makes a click log."""
    return make_click_log


@pytest.fixture
def schema() -> str:
    return SCHEMA


@pytest.fixture
def moment() -> datetime:
    """When events are sent; any moment does."""
    return datetime(2001, 2, 3, tzinfo=UTC)
