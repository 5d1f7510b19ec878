"""Personalize operations on data: dataset groups, schemas, datasets, import jobs, event trackers."""

import re
import uuid
from collections.abc import Mapping

from ..arns import ACCOUNT
from ..errors import ServiceError
from ..lifecycle import PERSONALIZE_CREATE
from . import personalize_records as kinds
from .personalize_interactions import REQUIRED, CreateFailed, Interactions, read_csv, schema_columns
from .personalize_operations import Operations, is_running
from .personalize_records import invalid, public

MOST_DATASET_GROUPS = 5
MOST_RUNNING_IMPORTS = 5
_OTHER_DATASETS = ("ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")


class DataOperations(Operations):
    """One method per operation on a dataset group and what it holds."""

    def create_dataset_group(self, *, name: str, tags: list | None = None) -> dict:
        with self._records.lock():
            if len(self._records.all(kinds.DATASET_GROUP)) >= MOST_DATASET_GROUPS:
                raise ServiceError(
                    "LimitExceededException", f"More than {MOST_DATASET_GROUPS} dataset groups."
                )
            record = self._records.create(kinds.DATASET_GROUP, name, {"name": name}, tags=tags)
        return {"datasetGroupArn": record["datasetGroupArn"]}

    def describe_dataset_group(self, *, datasetGroupArn: str) -> dict:
        return {"datasetGroup": public(self._look(kinds.DATASET_GROUP, datasetGroupArn))}

    def list_dataset_groups(self, *, nextToken: str | None = None, maxResults: int = 100) -> dict:
        return self._list(kinds.DATASET_GROUP, nextToken, maxResults)

    def delete_dataset_group(self, *, datasetGroupArn: str) -> None:
        with self._records.lock():
            users = (kinds.DATASET, kinds.SOLUTION, kinds.EVENT_TRACKER)
            self._delete(kinds.DATASET_GROUP, datasetGroupArn, *users, datasetGroupArn=datasetGroupArn)

    def create_schema(self, *, name: str, schema: str) -> dict:
        try:
            columns = schema_columns(schema)
        except (ValueError, KeyError, TypeError) as error:
            raise invalid(f"The schema is no Avro record with named and typed fields: {error}") from None
        if not columns:
            raise invalid("The schema must have at least one field.")
        with self._records.lock():
            record = self._records.create(kinds.SCHEMA, name, {"name": name, "schema": schema})
            self._records.save(
                kinds.SCHEMA, {**record, "status": "ACTIVE"}
            )  # there at once; answers show no status
        return {"schemaArn": record["schemaArn"]}

    def describe_schema(self, *, schemaArn: str) -> dict:
        record = public(self._records.find(kinds.SCHEMA, schemaArn))
        return {"schema": {name: value for name, value in record.items() if name != "status"}}

    def list_schemas(self, *, nextToken: str | None = None, maxResults: int = 100) -> dict:
        return self._list(kinds.SCHEMA, nextToken, maxResults)

    def delete_schema(self, *, schemaArn: str) -> None:
        with self._records.lock():
            record = self._records.find(kinds.SCHEMA, schemaArn)
            users = (kinds.DATASET, self._records.all(kinds.DATASET, schemaArn=schemaArn))
            kinds.refuse_if_used(kinds.SCHEMA, schemaArn, users)
            self._store.delete(kinds.SCHEMA.folder, record["offline"]["key"])

    def create_dataset(
        self, *, name: str, schemaArn: str, datasetGroupArn: str, datasetType: str, tags: list | None = None
    ) -> dict:
        if datasetType.upper() in _OTHER_DATASETS:
            raise NotImplementedError(
                f"offline rankings learn from interactions only; a dataset of type {datasetType} needs AWS"
            )
        if datasetType.upper() != "INTERACTIONS":
            raise invalid(f"{datasetType} is no dataset type. Use Interactions.")
        with self._records.lock():
            schema = self._records.find(kinds.SCHEMA, schemaArn)["schema"]
            missing = [column for column in REQUIRED if column not in schema_columns(schema)]
            if missing:
                raise invalid(
                    f"The schema lacks required fields of an Interactions dataset: {', '.join(missing)}."
                )
            group = self._records.find_active(kinds.DATASET_GROUP, datasetGroupArn)["name"]
            members = {"name": name, "datasetGroupArn": datasetGroupArn, "schemaArn": schemaArn}
            record = self._records.create(
                kinds.DATASET,
                f"{group}/INTERACTIONS",
                members | {"datasetType": "INTERACTIONS"},
                group=group,
                first_event=len(self._store.lines(kinds.EVENTS, group)),
                tags=tags,
            )
        return {"datasetArn": record["datasetArn"]}

    def describe_dataset(self, *, datasetArn: str) -> dict:
        return {"dataset": public(self._look(kinds.DATASET, datasetArn))}

    def list_datasets(
        self, *, datasetGroupArn: str | None = None, nextToken: str | None = None, maxResults: int = 100
    ) -> dict:
        return self._list(kinds.DATASET, nextToken, maxResults, datasetGroupArn=datasetGroupArn)

    def delete_dataset(self, *, datasetArn: str) -> None:
        with self._records.lock():
            group = self._records.find(kinds.DATASET, datasetArn)["datasetGroupArn"]
            running = [
                job for job in self._records.all(kinds.IMPORT_JOB, datasetArn=datasetArn) if is_running(job)
            ]
            kinds.refuse_if_used(kinds.DATASET, datasetArn, (kinds.IMPORT_JOB, running))
            # AWS documents a refusal only while a version trains; its deletion order asks for these first anyway.
            users = (kinds.SOLUTION, kinds.EVENT_TRACKER)
            self._delete(kinds.DATASET, datasetArn, *users, datasetGroupArn=group)

    def create_dataset_import_job(
        self,
        *,
        jobName: str,
        datasetArn: str,
        dataSource: Mapping[str, str],
        roleArn: str,
        importMode: str = "FULL",
        tags: list | None = None,
    ) -> dict:
        location = dataSource.get("dataLocation", "")
        if not re.fullmatch(r"s3://[^/]+/.+", location):
            raise invalid("Invalid Data location.")
        with self._records.lock():
            self._records.find_active(kinds.DATASET, datasetArn)
            if sum(map(is_running, self._records.all(kinds.IMPORT_JOB))) >= MOST_RUNNING_IMPORTS:
                text = f"More than {MOST_RUNNING_IMPORTS} resources with PENDING or IN_PROGRESS status."
                raise ServiceError("LimitExceededException", text)
            members = {"jobName": jobName, "datasetArn": datasetArn, "dataSource": dict(dataSource)}
            members |= {"roleArn": roleArn, "importMode": importMode}
            record = self._records.create(kinds.IMPORT_JOB, jobName, members, tags=tags)
        return {"datasetImportJobArn": record["datasetImportJobArn"]}

    def describe_dataset_import_job(self, *, datasetImportJobArn: str) -> dict:
        return {"datasetImportJob": public(self._look(kinds.IMPORT_JOB, datasetImportJobArn))}

    def list_dataset_import_jobs(
        self, *, datasetArn: str | None = None, nextToken: str | None = None, maxResults: int = 100
    ) -> dict:
        return self._list(kinds.IMPORT_JOB, nextToken, maxResults, datasetArn=datasetArn)

    def create_event_tracker(self, *, name: str, datasetGroupArn: str, tags: list | None = None) -> dict:
        with self._records.lock():
            self._records.find_active(kinds.DATASET_GROUP, datasetGroupArn)
            trackers = self._records.all(kinds.EVENT_TRACKER)
            if any(tracker["name"] == name for tracker in trackers):
                raise ServiceError("ResourceAlreadyExistsException", f"An event tracker {name} exists.")
            if any(tracker["datasetGroupArn"] == datasetGroupArn for tracker in trackers):
                raise ServiceError(
                    "LimitExceededException", "A dataset group can have one event tracker only."
                )
            members = {"name": name, "datasetGroupArn": datasetGroupArn, "trackingId": str(uuid.uuid4())}
            members["accountId"] = ACCOUNT
            record = self._records.create(kinds.EVENT_TRACKER, uuid.uuid4().hex[:8], members, tags=tags)
        return {name: record[name] for name in ("eventTrackerArn", "trackingId")}

    def describe_event_tracker(self, *, eventTrackerArn: str) -> dict:
        return {"eventTracker": public(self._look(kinds.EVENT_TRACKER, eventTrackerArn))}

    def list_event_trackers(
        self, *, datasetGroupArn: str | None = None, nextToken: str | None = None, maxResults: int = 100
    ) -> dict:
        return self._list(kinds.EVENT_TRACKER, nextToken, maxResults, datasetGroupArn=datasetGroupArn)

    def delete_event_tracker(self, *, eventTrackerArn: str) -> None:
        with self._records.lock():
            self._delete(kinds.EVENT_TRACKER, eventTrackerArn)

    def _import(self, job: dict) -> Mapping[str, str]:
        """The last step of an import job, which is done here."""
        try:
            if reason := self._reason_to_fail("imports"):
                raise CreateFailed(reason)
            dataset = self._records.find(kinds.DATASET, job["datasetArn"])
            columns = schema_columns(self._records.find(kinds.SCHEMA, dataset["schemaArn"])["schema"])
            read = read_csv(self._read_object, job["dataSource"]["dataLocation"], columns)
            interactions = Interactions(self._store, dataset)
            (interactions.replace if job["importMode"] == "FULL" else interactions.add)(read)
        except CreateFailed as error:
            reason = f"Failed to create a data import job for INTERACTIONS dataset. {error}"
            return {"status": "CREATE FAILED", "failureReason": reason}
        return PERSONALIZE_CREATE[-1]
