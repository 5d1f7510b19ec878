"""Records of Personalize resources: found by ARN, advanced by looking, refused and deleted as AWS does.

Every describe call is a look, and every look but the first moves a resource one step, so a reader who polls
sees CREATE PENDING, CREATE IN_PROGRESS, ACTIVE, and after a delete DELETE PENDING, DELETE IN_PROGRESS,
nothing. What AWS would not show (progress, file names) is kept in a record's member "offline" and never
leaves.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..arns import arn as make_arn
from ..errors import ServiceError
from ..lifecycle import PERSONALIZE_CREATE, advance
from ..store import Store

DELETE = ({"status": "DELETE PENDING"}, {"status": "DELETE IN_PROGRESS"}, {"status": "DELETED"})
STOP = ({"status": "CREATE STOPPING"}, {"status": "CREATE STOPPED"})
_DATES = ("creationDateTime", "lastUpdatedDateTime")
Finish = Callable[[dict], Mapping[str, str]]


@dataclass(frozen=True)
class Kind:
    """A type of resource. member: its name in answers. resource: in ARNs. summary: what lists show."""

    member: str
    resource: str
    folder: str
    summary: tuple[str, ...]

    @property
    def arn(self) -> str:
        return f"{self.member}Arn"

    @property
    def listed(self) -> str:
        return f"{self.member}s"


def _kind(member: str, resource: str, *summary: str, folder: str | None = None) -> Kind:
    return Kind(member, resource, f"personalize/{folder or resource}s", (f"{member}Arn", *summary, *_DATES))


DATASET_GROUP = _kind("datasetGroup", "dataset-group", "name", "status", "failureReason")
SCHEMA = _kind("schema", "schema", "name")
DATASET = _kind("dataset", "dataset", "name", "datasetType", "status")
IMPORT_JOB = _kind(
    "datasetImportJob", "dataset-import-job", "jobName", "status", "failureReason", "importMode"
)
EVENT_TRACKER = _kind("eventTracker", "event-tracker", "name", "status")
SOLUTION = _kind("solution", "solution", "name", "status", "recipeArn")
SOLUTION_VERSION = _kind(
    "solutionVersion",
    "solution",
    "status",
    "trainingMode",
    "trainingType",
    "failureReason",
    folder="solution-version",
)
CAMPAIGN = _kind("campaign", "campaign", "name", "status", "failureReason")
ALL = (DATASET_GROUP, SCHEMA, DATASET, IMPORT_JOB, EVENT_TRACKER, SOLUTION, SOLUTION_VERSION, CAMPAIGN)

INVALID_INPUT = "InvalidInputException"  # to a request that breaks a rule, the model's or another
EVENTS = "personalize/events"  # JSON lines, one file per dataset group


class Records:
    """The Personalize resources of one account and region."""

    def __init__(self, store: Store, region: str):
        self.store = store
        self.region = region

    def lock(self) -> AbstractContextManager:
        """Held around everything that reads a record in order to change it."""
        return self.store.lock("personalize")

    def create(self, kind: Kind, key: str, members: Mapping, **offline: Any) -> dict:
        """The new record, CREATE PENDING. Raises ResourceAlreadyExistsException if `key` is taken."""
        if self.store.read(kind.folder, key):
            raise ServiceError(
                "ResourceAlreadyExistsException", f"Another resource with the name {key} exists."
            )
        now = datetime.now(UTC)
        record: dict = {
            kind.arn: make_arn("personalize", f"{kind.resource}/{key}", self.region),
            **{name: value for name, value in members.items() if value is not None},
            **PERSONALIZE_CREATE[0],
            **dict.fromkeys(_DATES, now),
            "offline": {"key": key, "looked": False, **offline},
        }
        self.store.write(kind.folder, key, record)
        return record

    def find(self, kind: Kind, arn: str) -> dict:
        """The record with this ARN. Raises InvalidInputException or ResourceNotFoundException."""
        if not arn.startswith("arn:") or ":personalize:" not in arn:
            raise invalid(f"The ARN {arn} is not valid for a {kind.member}.")
        key = arn.split(":", 5)[-1].partition("/")[2]
        record = self.store.read(kind.folder, key) if key else None
        if record is None or record[kind.arn] != arn:
            raise ServiceError("ResourceNotFoundException", f"Could not find {kind.member} {arn}.")
        return record

    def find_active(self, kind: Kind, arn: str) -> dict:
        """The record with this ARN. Raises ResourceInUseException unless it is ACTIVE."""
        record = self.find(kind, arn)
        if record["status"] != "ACTIVE":
            message = f"The {kind.member} {arn} must be ACTIVE, but its status is {record['status']}."
            raise ServiceError("ResourceInUseException", message)
        return record

    def all(self, kind: Kind, **members: str) -> list[dict]:
        """All records with these members, in order of their keys."""
        records = self.store.all(kind.folder)
        return [r for r in records if all(r.get(name) == value for name, value in members.items())]

    def save(self, kind: Kind, record: Mapping) -> dict:
        """The record as written, with a new lastUpdatedDateTime."""
        saved: dict = {**record, "lastUpdatedDateTime": datetime.now(UTC)}
        self.store.write(kind.folder, saved["offline"]["key"], saved)
        return saved

    def look(self, kind: Kind, arn: str, finish: Finish = lambda record: PERSONALIZE_CREATE[-1]) -> dict:
        """The record after this look. Raises ResourceNotFoundException when the look finds it gone.

        finish : does the work that a resource is created for and returns its last step: ACTIVE, or CREATE
        FAILED
            with a failureReason. A process killed during the work does it again at the next look.
        """
        with self.lock():
            record = self.find(kind, arn)
            offline = dict(record["offline"])
            looked, record["offline"] = offline["looked"], {**offline, "looked": True}
            if not looked:
                return self.save(kind, record)
            if record["status"] == "CREATE IN_PROGRESS":
                return self.save(kind, {**record, **finish(record)})
            following = advance(record, STOP)
            for steps in (PERSONALIZE_CREATE, DELETE):
                if following["status"] == record["status"]:
                    following = advance(record, steps)
            if following["status"] == record["status"]:
                return record
            if following["status"] == DELETE[-1]["status"]:
                self.store.delete(kind.folder, record["offline"]["key"])
                return self.find(kind, arn)
            return self.save(kind, following)

    def delete(self, kind: Kind, arn: str, *users: tuple[Kind, list[dict]]) -> None:
        """Start the deletion. users : what must be gone first, else ResourceInUseException."""
        record = self.find(kind, arn)
        refuse_if_used(kind, arn, *users)
        if record["status"] not in ("ACTIVE", "CREATE FAILED", "CREATE STOPPED"):
            message = f"The {kind.member} {arn} cannot be deleted while its status is {record['status']}."
            raise ServiceError("ResourceInUseException", message)
        record["offline"]["looked"] = False
        self.save(kind, {**record, **DELETE[0]})

    def page(self, kind: Kind, records: list[dict], next_token: str | None, max_results: int) -> dict:
        """The answer of a list call: one page of summaries, and nextToken if there are more."""
        summaries = [{name: record[name] for name in kind.summary if name in record} for record in records]
        return page_of(summaries, kind.listed, next_token, max_results)


def page_of(items: list[dict], member: str, next_token: str | None, max_results: int) -> dict:
    """The answer with one page of the items, and nextToken if there are more. Raises InvalidNextTokenException."""
    if next_token is not None and not next_token.isdecimal():
        raise ServiceError("InvalidNextTokenException", f"The nextToken {next_token} is not valid.")
    start = int(next_token or 0)
    more = len(items) > start + max_results
    return {member: items[start : start + max_results], **({"nextToken": str(start + max_results)} if more else {})}


def public(record: Mapping) -> dict:
    """The record without what AWS would not show."""
    return {name: value for name, value in record.items() if name != "offline"}


def invalid(message: str) -> ServiceError:
    """An InvalidInputException to raise."""
    return ServiceError(INVALID_INPUT, message)


def refuse_if_used(kind: Kind, arn: str, *users: tuple[Kind, list[dict]]) -> None:
    """Raises ResourceInUseException if anything of what depends on this resource still exists."""
    for user, records in users:
        if records:
            first = records[0][user.arn]
            message = f"The {kind.member} {arn} is in use by {user.member} {first}. Delete that first."
            raise ServiceError("ResourceInUseException", message)
