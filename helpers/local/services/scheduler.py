"""Amazon EventBridge Scheduler, as far as the workshop asks: a call to be made once, at a given moment.

A schedule is written down and nothing more: it never fires. Offline nothing bills, and a campaign that is gone because an hour
has passed would make the same cells show something else on another day.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..arns import arn
from ..errors import ServiceError
from ..store import Store

SCHEDULES = "scheduler/schedules"
TARGETS = ("arn:aws:scheduler:::aws-sdk:personalize:deleteCampaign",)
_ONCE = re.compile(r"at\(\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\)")


class Scheduler:
    """Schedules of the default group. role_exists : whether the scheduler could assume the role of an ARN.

    botocore gives each call a ClientToken, and the same one to its retries: a second creation with it finds the first.
    """

    def __init__(self, store: Store, role_exists: Callable[[str], bool], region: str = "us-east-1"):
        self._store, self._role_exists, self._region = store, role_exists, region

    def create_schedule(
        self,
        *,
        Name: str,
        ScheduleExpression: str,
        FlexibleTimeWindow: Mapping[str, Any],
        Target: Mapping[str, Any],
        ScheduleExpressionTimezone: str = "UTC",
        ActionAfterCompletion: str = "NONE",
        Description: str = "",
        ClientToken: str = "",
    ) -> dict:
        """The ARN of a new schedule. Raises ConflictException for a name that is taken."""
        record = _record(ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target, Description)
        with self._store.lock(SCHEDULES):
            there = self._store.read(SCHEDULES, Name)
            if there and (not ClientToken or there["offline"] != ClientToken):
                raise ServiceError("ConflictException", f"Schedule {Name} already exists.")
            return self._put(Name, record | {"ActionAfterCompletion": ActionAfterCompletion}, ClientToken)

    def update_schedule(
        self,
        *,
        Name: str,
        ScheduleExpression: str,
        FlexibleTimeWindow: Mapping[str, Any],
        Target: Mapping[str, Any],
        ScheduleExpressionTimezone: str = "UTC",
        ActionAfterCompletion: str = "NONE",
        Description: str = "",
        ClientToken: str = "",
    ) -> dict:
        """Replaces all of a schedule: what is left out takes its default. Raises ResourceNotFoundException."""
        record = _record(ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target, Description)
        with self._store.lock(SCHEDULES):
            made = {"CreationDate": self._schedule(Name)["CreationDate"]}
            return self._put(Name, record | made | {"ActionAfterCompletion": ActionAfterCompletion}, ClientToken)

    def get_schedule(self, *, Name: str) -> dict:
        """A schedule as it stands. Raises ResourceNotFoundException."""
        return {key: value for key, value in self._schedule(Name).items() if key != "offline"}

    def delete_schedule(self, *, Name: str, ClientToken: str = "") -> dict:
        """Nothing to tell. Raises ResourceNotFoundException."""
        with self._store.lock(SCHEDULES):
            self._schedule(Name)
            self._store.delete(SCHEDULES, Name)
        return {}

    def _schedule(self, name: str) -> dict:
        schedule = self._store.read(SCHEDULES, name)
        if schedule is None:
            raise ServiceError("ResourceNotFoundException", f"Schedule {name} does not exist.")
        return schedule

    def _put(self, name: str, record: dict[str, Any], token: str) -> dict:
        if not self._role_exists(record["Target"]["RoleArn"]):
            # unconfirmed: the words
            text = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
            raise ServiceError("ValidationException", text)
        place, now = arn("scheduler", f"schedule/default/{name}", self._region), datetime.now(UTC)
        known = {"Arn": place, "GroupName": "default", "Name": name, "State": "ENABLED", "CreationDate": now, "offline": token}
        self._store.write(SCHEDULES, name, {**known, **record, "LastModificationDate": now})
        return {"ScheduleArn": place}


def _record(when: str, zone: str, window: Mapping[str, Any], target: Mapping[str, Any], about: str) -> dict[str, Any]:
    if not _ONCE.fullmatch(when):
        raise ServiceError("ValidationException", f"Invalid Schedule Expression {when}.")
    if zone != "UTC" or window["Mode"] != "OFF" or target["Arn"] not in TARGETS:
        raise NotImplementedError(f"offline a schedule is in UTC, without a window, and calls one of {', '.join(TARGETS)}")
    told = {"ScheduleExpression": when, "ScheduleExpressionTimezone": zone, "Target": dict(target)}
    return told | {"FlexibleTimeWindow": dict(window)} | ({"Description": about} if about else {})
