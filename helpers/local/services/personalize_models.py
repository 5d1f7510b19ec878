"""Personalize operations on models: recipes, solutions, solution versions and their metrics."""

import hashlib
import time
from collections.abc import Mapping

from ..errors import ServiceError
from ..lifecycle import PERSONALIZE_CREATE
from . import personalize_records as kinds
from .personalize_interactions import CreateFailed
from .personalize_operations import Operations, is_running
from .personalize_recipes import check_recipe
from .personalize_records import invalid, public
from .personalize_training import train_ranker, training_interactions

MOST_SOLUTIONS = 10
_VERSION_COPIES = (
    "name",
    "recipeArn",
    "eventType",
    "datasetGroupArn",
    "solutionConfig",
    "performHPO",
    "performAutoML",
)


class ModelOperations(Operations):
    """One method per operation on solutions and their versions."""

    def create_solution(
        self,
        *,
        name: str,
        datasetGroupArn: str,
        recipeArn: str | None = None,
        performAutoTraining: bool = True,
        performHPO: bool = False,
        performAutoML: bool = False,
        eventType: str | None = None,
        solutionConfig: Mapping | None = None,
        tags: list | None = None,
    ) -> dict:
        """As on AWS, automatic training is on unless switched off; offline it is shown, but nothing trains."""
        if performAutoML or performHPO:
            raise NotImplementedError("offline a ranker has no AutoML and no HPO; leave both out")
        if recipeArn is None:
            raise invalid("recipeArn is required unless performAutoML is true.")
        check_recipe(recipeArn)
        config = dict(solutionConfig or {})
        if performAutoTraining:
            config.setdefault("autoTrainingConfig", {"schedulingExpression": "rate(7 days)"})
        _check_config(config)
        with self._records.lock():
            self._records.find_active(kinds.DATASET_GROUP, datasetGroupArn)
            if len(self._records.all(kinds.SOLUTION, datasetGroupArn=datasetGroupArn)) >= MOST_SOLUTIONS:
                raise ServiceError("LimitExceededException", f"More than {MOST_SOLUTIONS} solutions.")
            members = {
                "name": name,
                "datasetGroupArn": datasetGroupArn,
                "recipeArn": recipeArn,
                "performAutoTraining": performAutoTraining,
                "performHPO": performHPO,
                "performAutoML": performAutoML,
                "eventType": eventType,
                "solutionConfig": config,
            }
            record = self._records.create(kinds.SOLUTION, name, members, tags=tags)
        return {"solutionArn": record["solutionArn"]}

    def describe_solution(self, *, solutionArn: str) -> dict:
        solution = public(self._look(kinds.SOLUTION, solutionArn))
        if versions := self._versions(solutionArn):
            solution["latestSolutionVersion"] = {
                member: versions[-1][member]
                for member in kinds.SOLUTION_VERSION.summary
                if member in versions[-1]
            }
        return {"solution": solution}

    def list_solutions(
        self, *, datasetGroupArn: str | None = None, nextToken: str | None = None, maxResults: int = 100
    ) -> dict:
        return self._list(kinds.SOLUTION, nextToken, maxResults, datasetGroupArn=datasetGroupArn)

    def delete_solution(self, *, solutionArn: str) -> None:
        with self._records.lock():
            self._records.find(kinds.SOLUTION, solutionArn)
            campaigns = [
                campaign
                for campaign in self._records.all(kinds.CAMPAIGN)
                if campaign["solutionVersionArn"].startswith(f"{solutionArn}/")
            ]
            training = [version for version in self._versions(solutionArn) if is_running(version)]
            users = ((kinds.CAMPAIGN, campaigns), (kinds.SOLUTION_VERSION, training))
            self._records.delete(kinds.SOLUTION, solutionArn, *users)

    def create_solution_version(
        self,
        *,
        solutionArn: str,
        trainingMode: str = "FULL",
        name: str | None = None,
        tags: list | None = None,
    ) -> dict:
        if trainingMode != "FULL":
            raise invalid(f"trainingMode {trainingMode} is not supported by this recipe. Use FULL.")
        with self._records.lock():
            solution = self._records.find_active(kinds.SOLUTION, solutionArn)
            if not self._records.all(
                kinds.DATASET, datasetGroupArn=solution["datasetGroupArn"], status="ACTIVE"
            ):
                raise invalid("The dataset group has no ACTIVE Interactions dataset to train on.")
            versions = self._versions(solutionArn)
            if name is not None and any(version["name"] == name for version in versions):
                raise ServiceError("ResourceAlreadyExistsException", f"A solution version {name} exists.")  # unconfirmed
            number = 1 + max((v["offline"]["number"] for v in versions), default=0)
            # AWS draws these eight digits; ours follow from the name, so that a rerun prints the same.
            digits = hashlib.sha256(f"{solution['name']}/{number}".encode()).hexdigest()[:8]
            members = {member: solution.get(member) for member in _VERSION_COPIES}
            members |= {"solutionArn": solutionArn, "trainingMode": trainingMode, "trainingType": "MANUAL"}
            if name is not None:
                members["name"] = name
            key = f"{solution['name']}/{digits}"
            record = self._records.create(kinds.SOLUTION_VERSION, key, members, number=number, tags=tags)
        return {"solutionVersionArn": record["solutionVersionArn"]}

    def describe_solution_version(self, *, solutionVersionArn: str) -> dict:
        return {"solutionVersion": public(self._look(kinds.SOLUTION_VERSION, solutionVersionArn))}

    def list_solution_versions(
        self, *, solutionArn: str | None = None, nextToken: str | None = None, maxResults: int = 100
    ) -> dict:
        return self._list(kinds.SOLUTION_VERSION, nextToken, maxResults, solutionArn=solutionArn)

    def stop_solution_version_creation(self, *, solutionVersionArn: str) -> None:
        with self._records.lock():
            record = self._records.find(kinds.SOLUTION_VERSION, solutionVersionArn)
            if not is_running(record):
                raise invalid(f"A solution version with status {record['status']} cannot be stopped.")
            record["offline"]["looked"] = False
            self._records.save(kinds.SOLUTION_VERSION, {**record, **kinds.STOP[0]})

    def get_solution_metrics(self, *, solutionVersionArn: str) -> dict:
        record = self._records.find_active(kinds.SOLUTION_VERSION, solutionVersionArn)
        return {"solutionVersionArn": solutionVersionArn, "metrics": record["offline"]["metrics"]}

    def _versions(self, solution_arn: str) -> list[dict]:
        """The versions of a solution, oldest first."""
        versions = self._records.all(kinds.SOLUTION_VERSION, solutionArn=solution_arn)
        return sorted(versions, key=lambda version: version["offline"]["number"])

    def _train(self, version: dict) -> Mapping:
        """The last step of a solution version, which is trained here."""
        started = time.perf_counter()
        try:
            if reason := self._reason_to_fail("versions"):
                raise CreateFailed(reason)
            interactions, n_lines = training_interactions(self._store, self._records, version)
            ranker, metrics = train_ranker(interactions, version.get("solutionConfig", {}))
        except CreateFailed as error:
            return {"status": "CREATE FAILED", "failureReason": str(error)}
        self._rankers.save(version["offline"]["key"], ranker)
        offline = {**version["offline"], "metrics": metrics, "n_event_lines": n_lines}
        hours = (time.perf_counter() - started) / 3600
        return {**PERSONALIZE_CREATE[-1], "trainingHours": hours, "offline": offline}


def _check_config(config: Mapping) -> None:
    supported = {"autoTrainingConfig", "eventsConfig"}
    if unknown := config.keys() - supported:
        raise NotImplementedError(
            f"offline solutionConfig supports {', '.join(sorted(supported))}, not {sorted(unknown)}"
        )
    schedule = config.get("autoTrainingConfig", {}).get("schedulingExpression", "rate(7 days)")
    days = int(schedule.removeprefix("rate(").partition(" ")[0])
    if not 1 <= days <= 30:
        raise invalid(f"{schedule} is no schedule from rate(1 day) to rate(30 days).")
