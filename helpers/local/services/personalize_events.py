"""Amazon Personalize's event ingestion: what users do right now."""

import json
import uuid
from collections.abc import Mapping, Sequence

from botocore.utils import parse_to_aware_datetime

from ..store import Store
from .personalize_records import EVENT_TRACKER, EVENTS, INVALID_INPUT, invalid


class PersonalizeEvents:
    """boto3's `personalize-events`. Events of a dataset group are JSON lines, in the order of their arrival."""

    INVALID_REQUEST = INVALID_INPUT

    def __init__(self, store: Store):
        self._store = store

    def put_events(
        self, *, trackingId: str, sessionId: str, eventList: Sequence[Mapping], userId: str | None = None
    ) -> None:
        """Record up to 10 events; the next ranking knows them.

        Ids that no model knows are accepted. An event without a user belongs to its session.
        Raises InvalidInputException, the only error this operation has on AWS.
        """
        lines = [_line(event, userId, sessionId) for event in eventList]
        group = self._group(trackingId)
        for line in lines:
            self._store.append(EVENTS, group, line)

    def _group(self, tracking_id: str) -> str:
        # What AWS answers to an unknown tracking id is not on record; this operation models one error only.
        for tracker in self._store.all(EVENT_TRACKER.folder):
            if tracker["trackingId"] == tracking_id:
                if tracker["status"] != "ACTIVE":
                    raise invalid(f"The event tracker must be ACTIVE, but its status is {tracker['status']}.")
                return tracker["datasetGroupArn"].rpartition("/")[2]
        raise invalid(f"The trackingId {tracking_id} belongs to no event tracker.")


def _line(event: Mapping, user_id: str | None, session_id: str) -> dict:
    _check_properties(event.get("properties", "{}"))
    owner = {"userId": user_id} if user_id is not None else {}
    sent_at = parse_to_aware_datetime(event["sentAt"])
    return {"eventId": str(uuid.uuid4()), **owner, "sessionId": session_id, **event, "sentAt": sent_at}


def _check_properties(properties: str) -> None:
    try:
        valid = isinstance(json.loads(properties), dict)
    except ValueError:
        valid = False
    if not valid:
        raise invalid("properties must be a JSON object in a string.")
