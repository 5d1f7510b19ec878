"""What all Personalize operations share: looking at resources, listing them, clearing up behind them."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from ..errors import ServiceError
from ..lifecycle import PERSONALIZE_CREATE
from ..store import Store
from . import personalize_records as kinds
from .personalize_interactions import Interactions
from .personalize_model import RankerFiles
from .personalize_records import Kind, Records

RUNNING = ("CREATE PENDING", "CREATE IN_PROGRESS")


class Operations:
    """Base of the classes that group the operations.

    read_object : the bytes of an s3:// URI. reason_to_fail : asked before the work of "imports" and "versions"; a reason that is
        not "" is how it fails.
    """

    def __init__(
        self,
        store: Store,
        read_object: Callable[[str], bytes],
        region: str = "us-east-1",
        reason_to_fail: Callable[[str], str] = lambda kind: "",
    ):
        self._store = store
        self._read_object = read_object
        self._reason_to_fail = reason_to_fail
        self._records = Records(store, region)
        self._rankers = RankerFiles(store)

    def list_tags_for_resource(self, *, resourceArn: str) -> dict:
        """The tags that a resource was created with."""
        for kind in kinds.ALL:
            with suppress(ServiceError):
                return {"tags": self._records.find(kind, resourceArn)["offline"].get("tags") or []}
        raise ServiceError("ResourceNotFoundException", f"Could not find {resourceArn}.")

    def _import(self, job: dict) -> Mapping[str, str]:
        raise NotImplementedError

    def _train(self, version: dict) -> Mapping[str, str]:
        raise NotImplementedError

    def _look(self, kind: Kind, arn: str) -> dict:
        """The record after a look, which does the work that is due and clears up behind what has gone."""
        work = {kinds.IMPORT_JOB: self._import, kinds.SOLUTION_VERSION: self._train}
        with self._records.lock():
            before = self._records.find(kind, arn)
            try:
                return self._records.look(kind, arn, work.get(kind, lambda record: PERSONALIZE_CREATE[-1]))
            except ServiceError:
                if self._store.read(kind.folder, before["offline"]["key"]) is None:
                    self._clear_up(kind, before)
                raise

    def _clear_up(self, kind: Kind, gone: dict) -> None:
        if kind == kinds.DATASET_GROUP:
            self._store.delete(kinds.EVENTS, gone["name"])
        if kind == kinds.DATASET:
            Interactions(self._store, gone).delete()
            for job in self._records.all(kinds.IMPORT_JOB, datasetArn=gone["datasetArn"]):
                self._store.delete(kinds.IMPORT_JOB.folder, job["offline"]["key"])
        if kind == kinds.SOLUTION:
            for version in self._records.all(kinds.SOLUTION_VERSION, solutionArn=gone["solutionArn"]):
                self._store.delete(kinds.SOLUTION_VERSION.folder, version["offline"]["key"])
                self._rankers.delete(version["offline"]["key"])

    def _list(
        self,
        kind: Kind,
        next_token: str | None,
        max_results: int,
        below: str | None = None,
        **members: str | None,
    ) -> dict:
        """One page of the resources with these members, where given; `below` is the solution of a campaign."""
        wanted = {name: value for name, value in members.items() if value is not None}
        for record in self._records.all(kind, **wanted):
            # Someone who waits for a deletion may poll the list instead of describing what is going away.
            if record["status"].startswith("DELETE"):
                with suppress(ServiceError):
                    self._look(kind, record[kind.arn])
        records = self._records.all(kind, **wanted)
        if below is not None:
            records = [record for record in records if record["solutionVersionArn"].startswith(f"{below}/")]
        records.sort(key=lambda record: record["offline"].get("number", 0))
        return self._records.page(kind, records, next_token, max_results)

    def _delete(self, kind: Kind, arn: str, *users: Kind, **members: str) -> None:
        """Start a deletion, refused while anything of the kinds `users` with these members exists."""
        self._records.delete(kind, arn, *((user, self._records.all(user, **members)) for user in users))


def is_running(record: Mapping) -> bool:
    """Whether a resource is still being made."""
    return record["status"] in RUNNING
