"""A campaign that AWS deletes by itself after some hours, also while the laptop is closed: with EventBridge Scheduler."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from .workshop import Workshop

# A universal target: any call of an AWS API (EventBridge Scheduler user guide, Using universal targets).
# unconfirmed: that DeleteCampaign is among them.
TARGET = "arn:aws:scheduler:::aws-sdk:personalize:deleteCampaign"
MOST_HOURS = 24 * 365


def delete_campaign_after(aws: Workshop, *, hours: float | None = None, now: datetime | None = None) -> None:
    """Prints one line. With hours, AWS deletes the campaign after so many from now; a second call moves the moment.

    Without hours nothing is asked for. The campaign alone is deleted, and the schedule with it; the rest is notebook 99's.
    now : the moment to count from, by default this one.
    Raises ValueError for hours out of range, NotReady before there is a campaign, SettingsError when there is no role for it.
    """
    what = f"campaign {aws.name('campaign')}"
    campaign = aws.state.require("campaign_arn", made_in="05")
    if hours is None:
        print(f"{what}: no deletion is asked for; it bills until notebook 99")
        return
    if not 0 < hours <= MOST_HOURS:
        raise ValueError(f"hours is {hours}; give more than 0, and at most {MOST_HOURS:,}, a year.")
    at = ((now or datetime.now(UTC)) + timedelta(hours=hours)).replace(microsecond=0, tzinfo=None)
    # unconfirmed: the capital letter; public examples of universal targets write members so where the API's own begin small
    arguments = json.dumps({"CampaignArn": campaign})
    retries = {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}
    schedule: dict[str, Any] = {
        "Name": _name(aws),
        "Description": f"Deletes the campaign of the workshop {aws.prefix}, so that it does not bill for ever",
        "ScheduleExpression": f"at({at.isoformat()})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",  # of the schedule
        "Target": {"Arn": TARGET, "RoleArn": aws.scheduler_role_arn, "Input": arguments, "RetryPolicy": retries},
    }
    scheduler = aws.client("scheduler")
    try:
        scheduler.create_schedule(**schedule)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConflictException":
            raise
        scheduler.update_schedule(**schedule)
    told = f"in {hours:g} hour{'s' * (hours != 1)}, at {at:%Y-%m-%d %H:%M} UTC"
    print(f"{what}: AWS deletes it {told}; keep_campaign(aws) calls that off")


def keep_campaign(aws: Workshop) -> None:
    """Prints one line, once no deletion of the campaign is scheduled any more. Safe to run when none was."""
    try:
        aws.client("scheduler").delete_schedule(Name=_name(aws))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
    print(f"campaign {aws.name('campaign')}: no deletion is scheduled; it bills until notebook 99")


def _name(aws: Workshop) -> str:
    return aws.name("delete-campaign")
