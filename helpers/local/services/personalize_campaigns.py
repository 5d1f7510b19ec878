"""Personalize operations on campaigns, which serve the ranker of one solution version."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..errors import ServiceError
from ..lifecycle import PERSONALIZE_CREATE, advance
from . import personalize_records as kinds
from .personalize_operations import Operations
from .personalize_records import invalid, public

MOST_CAMPAIGNS = 5
LATEST = "/$LATEST"
_SETTINGS = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")


class CampaignOperations(Operations):
    """One method per operation on campaigns."""

    def create_campaign(
        self,
        *,
        name: str,
        solutionVersionArn: str,
        minProvisionedTPS: int = 1,
        campaignConfig: Mapping | None = None,
        tags: list | None = None,
    ) -> dict:
        config = dict(campaignConfig or {})
        with self._records.lock():
            group = self._group_of(solutionVersionArn, config)
            running = [c for c in self._records.all(kinds.CAMPAIGN) if c["offline"]["group"] == group]
            if len(running) >= MOST_CAMPAIGNS:
                text = f"Cannot create a campaign. More than {MOST_CAMPAIGNS} resources in ACTIVE state. "
                raise ServiceError("LimitExceededException", text + "Please delete some and try again.")
            members: dict[str, Any] = {"name": name, "solutionVersionArn": solutionVersionArn}
            members |= {"minProvisionedTPS": minProvisionedTPS, "campaignConfig": config or None}
            record = self._records.create(kinds.CAMPAIGN, name, members, group=group, tags=tags)
        return {"campaignArn": record["campaignArn"]}

    def describe_campaign(self, *, campaignArn: str) -> dict:
        with self._records.lock():
            record = self._look(kinds.CAMPAIGN, campaignArn)
            if "latestCampaignUpdate" in record:
                record = self._look_at_update(record)
        return {"campaign": public(record)}

    def list_campaigns(
        self, *, solutionArn: str | None = None, nextToken: str | None = None, maxResults: int = 100
    ) -> dict:
        return self._list(kinds.CAMPAIGN, nextToken, maxResults, below=solutionArn)

    def update_campaign(
        self,
        *,
        campaignArn: str,
        solutionVersionArn: str | None = None,
        minProvisionedTPS: int | None = None,
        campaignConfig: Mapping | None = None,
    ) -> dict:
        """The campaign serves its old version until the update is ACTIVE."""
        with self._records.lock():
            record = self._records.find_active(kinds.CAMPAIGN, campaignArn)
            if record.get("latestCampaignUpdate", {}).get("status", "ACTIVE") != "ACTIVE":
                raise ServiceError("ResourceInUseException", f"The campaign {campaignArn} is being updated.")
            asked = (solutionVersionArn, minProvisionedTPS, campaignConfig)
            settings: dict[str, Any] = {
                name: record.get(name) if value is None else value
                for name, value in zip(_SETTINGS, asked, strict=True)
            }
            group = self._group_of(settings["solutionVersionArn"], settings["campaignConfig"] or {})
            if group != record["offline"]["group"]:
                raise invalid("A campaign cannot move to another dataset group.")
            now = datetime.now(UTC)
            update = {name: value for name, value in settings.items() if value is not None}
            update |= {**PERSONALIZE_CREATE[0], "creationDateTime": now, "lastUpdatedDateTime": now}
            record["offline"]["looked_at_update"] = False
            self._records.save(kinds.CAMPAIGN, {**record, "latestCampaignUpdate": update})
        return {"campaignArn": campaignArn}

    def delete_campaign(self, *, campaignArn: str) -> None:
        with self._records.lock():
            self._records.delete(kinds.CAMPAIGN, campaignArn)

    def _group_of(self, version_arn: str, config: Mapping) -> str:
        """The dataset group of a solution version that can be deployed. Raises what AWS raises for any other."""
        if unknown := config.keys() - {"syncWithLatestSolutionVersion"}:
            raise NotImplementedError(
                f"offline campaignConfig supports syncWithLatestSolutionVersion only, not {unknown}"
            )
        follows = version_arn.endswith(LATEST)
        if config.get("syncWithLatestSolutionVersion", False) != follows:
            raise invalid(
                "To follow the latest version, set syncWithLatestSolutionVersion and end the ARN in /$LATEST."
            )
        if not follows:
            return self._records.find_active(kinds.SOLUTION_VERSION, version_arn)["datasetGroupArn"]
        solution = self._records.find_active(kinds.SOLUTION, version_arn.removesuffix(LATEST))
        versions = self._records.all(
            kinds.SOLUTION_VERSION, solutionArn=solution["solutionArn"], status="ACTIVE"
        )
        if not versions:
            raise ServiceError("ResourceInUseException", "The solution has no ACTIVE version to deploy.")
        return solution["datasetGroupArn"]

    def _look_at_update(self, record: dict) -> dict:
        update, offline = record["latestCampaignUpdate"], record["offline"]
        following = advance(update, PERSONALIZE_CREATE) if offline.get("looked_at_update") else update
        if offline.get("looked_at_update") and following["status"] == update["status"]:
            return record
        record = {
            **record,
            "latestCampaignUpdate": following,
            "offline": {**offline, "looked_at_update": True},
        }
        if following["status"] == "ACTIVE":
            record |= {name: following[name] for name in _SETTINGS if name in following}
        return self._records.save(kinds.CAMPAIGN, record)
