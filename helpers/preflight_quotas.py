"""Pre-flight: quotas, and whether a room full of people fits into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .catalog import load_catalog
from .clustering import INSTANCE_TYPE
from .preflight_rows import LOOK, STOP, Row, look_at
from .titan import MODEL_ID

if TYPE_CHECKING:
    from .workshop import Workshop

TITAN_QUOTA = "L-DF0E34D4"  # requests a minute, Titan Multimodal Embeddings G1
TRAINING_QUOTA = "L-611FA074"  # unconfirmed: read in two public reports; the quota's name is compared
DATASET_GROUPS = 5  # a region, unless raised (Personalize developer guide, Endpoints and quotas)
_TRAINING_NAME = f"{INSTANCE_TYPE} for training job usage"
_PATIENCE = 60  # minutes of embedding that nobody wonders about
_NOT_LISTED = "AWS lists no such quota here"


def quota_rows(aws: Workshop, attendees: int) -> list[Row]:
    """Titan's requests a minute, machines that may train, and Personalize's dataset groups, for so many attendees."""
    ask = "Allow servicequotas:GetServiceQuota and ListServiceQuotas to see it, or look in the console (Service Quotas)."
    if aws.settings.shared:
        return [Row("quotas", f"none of your own are needed: '{aws.settings.shared}' has trained and loaded everything")]
    rows = []
    if aws.embedder.model == MODEL_ID:
        rows.append(look_at("quota: Titan requests a minute", lambda: _titan(aws, attendees), ask))
    rows.append(look_at(f"quota: {INSTANCE_TYPE} for training", lambda: _training(aws, attendees), ask))
    rows.append(look_at("quota: Personalize dataset groups", lambda: _groups(aws, attendees), ask))
    return rows


def _titan(aws: Workshop, attendees: int) -> Row:
    what, asked = "quota: Titan requests a minute", _quota(aws, "bedrock", TITAN_QUOTA)
    if asked is None:
        return Row(what, f"{_NOT_LISTED}; judge by the picture above")
    _, most = asked
    if most == 0:
        return Row(what, "0", STOP, f"Ask for more in the console (Service Quotas, {TITAN_QUOTA}), or take another region.")
    minutes = attendees * len(load_catalog(aws.data)) / most
    found = f"{most:,.0f}: the pictures take {max(1, round(minutes))} minutes or more"
    many = f"Ask for more in the console (Service Quotas, {TITAN_QUOTA}), or share one index (WORKSHOP_SHARED)."
    return Row(what, found, LOOK, many) if minutes > _PATIENCE else Row(what, found)


def _training(aws: Workshop, attendees: int) -> Row:
    what, asked = f"quota: {INSTANCE_TYPE} for training", _quota(aws, "sagemaker", TRAINING_QUOTA)
    if asked is None or asked[0] != _TRAINING_NAME:
        console = f"See in the console (Service Quotas, SageMaker) that '{_TRAINING_NAME}' is 1 or more."
        return Row(what, _NOT_LISTED, LOOK, console)
    _, most = asked
    if most < 1:
        more = f"Ask for 1 or more in the console (Service Quotas, SageMaker, '{_TRAINING_NAME}'); it may take hours."
        return Row(what, "0", STOP, more)
    found = f"{most:.0f} at a time"
    if attendees > most:
        return Row(what, f"{found}, for {attendees} attendees", LOOK, "Jobs queue, and notebook 02 takes that much longer.")
    return Row(what, found)


def _groups(aws: Workshop, attendees: int) -> Row:
    what = "quota: Personalize dataset groups"
    pages = aws.client("personalize").get_paginator("list_dataset_groups").paginate()
    ours = (aws.name("group"), aws.name("own-group"))  # of notebooks 05 and 10
    others = [group for page in pages for group in page["datasetGroups"] if group["name"] not in ours]
    most = _listed_groups(aws)
    found = f"{most} a region; {len(others)} taken by others, {attendees} needed"
    if len(others) + attendees <= most:
        return Row(what, found)
    share = "Use one account each, let the room share one campaign (WORKSHOP_SHARED), or ask for more in Service Quotas."
    return Row(what, found, STOP, share)


def _quota(aws: Workshop, service: str, code: str) -> tuple[str, float] | None:
    """(name, value), or None where AWS lists none. Raises ClientError when the question is refused."""
    try:
        quota = aws.client("service-quotas").get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchResourceException":
            return None
        raise
    return quota["QuotaName"], quota["Value"]


def _listed_groups(aws: Workshop) -> int:
    """What Service Quotas says; what the guide says, where it may not be asked or lists none of a fitting name."""
    try:
        pages = aws.client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode="personalize")
        found = [quota["Value"] for page in pages for quota in page["Quotas"] if _are_groups(quota["QuotaName"])]
    except ClientError:
        return DATASET_GROUPS
    return int(found[0]) if found else DATASET_GROUPS


def _are_groups(name: str) -> bool:
    # unconfirmed: its name in Service Quotas; the guide calls it "Total number of active dataset groups"
    return name.rstrip(".").lower().endswith("dataset groups")
