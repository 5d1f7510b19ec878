"""A room that shares one campaign, event tracker and index: the instructor publishes them, the attendees attach.

What is published lies in the instructor's bucket, under <prefix>/shared/: the names in room.json, and the files that the
notebooks from 06 on read. Attendees read them; nothing of the instructor's is ever written or deleted by them (read_only.py).
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from filelock import FileLock

from .outages import SignInAgain
from .settings import SettingsError
from .state import NotReady

if TYPE_CHECKING:
    from .workshop import Workshop

NAMES = {"index_name": "03", "interactions_uri": "04", "campaign_arn": "05", "tracking_id": "05"}  # and who makes them
FILES = {"vectors": "01", "clusters": "02"}
CLUSTER_NAMES = "cluster_names.json"


def publish(aws: Workshop) -> None:
    """Prints one line, once attendees can attach to this campaign, event tracker and index; run it again after a change.

    Raises NotReady naming the notebook whose work is missing, SettingsError for an attendee.
    """
    if aws.settings.shared:
        raise SettingsError(f"You are an attendee of '{aws.settings.shared}': its owner publishes. Unset WORKSHOP_SHARED first.")
    room: dict[str, Any] = {"space": aws.state.space, "k": aws.state.get("k")}
    room |= {key: aws.state.require(key, made_in=maker) for key, maker in NAMES.items()}
    paths = {key: aws.home / aws.state.require(key, made_in=maker) for key, maker in FILES.items()}
    paths["cluster_names"] = aws.home / CLUSTER_NAMES
    if missing := [path.name for path in paths.values() if not path.exists()]:
        raise NotReady(f"{', '.join(missing)} is missing. Run notebooks 01 and 02 again, then this cell.")
    room["files"] = {}
    for key, path in paths.items():
        body = path.read_bytes()
        room["files"][key] = {"name": path.name, "sha256": hashlib.sha256(body).hexdigest()}
        aws.client("s3").put_object(Bucket=aws.bucket, Key=_key(aws.prefix, path.name), Body=body)
    # Last, so that who attaches meanwhile finds either the room before or all of this one.
    text = json.dumps(room, indent=2, sort_keys=True)
    aws.client("s3").put_object(Bucket=aws.bucket, Key=_key(aws.prefix, "room.json"), Body=text.encode())
    print(f"room {aws.prefix}: published; attendees set WORKSHOP_SHARED={aws.prefix} and a WORKSHOP_PREFIX of their own")


def attach(aws: Workshop) -> str:
    """One line about the room: that the attendee's state now holds what the instructor published, or why it does not.

    Nothing is raised for a room that is not there yet, that AWS does not let us see, or that was made with another model.
    """
    owner = aws.settings.shared or ""
    try:
        room = json.loads(_read(aws, owner, "room.json"))
        if room["space"] != aws.state.space:
            return f"shared: '{owner}' was made with {room['space']}, and yours is {aws.state.space}; set WORKSHOP_EMBEDDER alike"
        folder = aws.home / f"shared-{owner}"
        for key, file in room["files"].items():
            # The names of clusters are read from their usual place.
            path = aws.home / CLUSTER_NAMES if key == "cluster_names" else folder / Path(file["name"]).name
            _fetch(aws, owner, file, path)
            if key in FILES:
                aws.state[key] = f"{folder.name}/{path.name}"
    except (ClientError, BotoCoreError, SignInAgain, SettingsError) as error:
        return f"shared: nothing of '{owner}' can be used yet ({_reason(error)})"
    for key in (*NAMES, "k"):
        aws.state[key] = room[key]
    return f"shared: campaign, event tracker and index of '{owner}' are reused; notebooks 02 to 05 make nothing, go on with 06"


def _fetch(aws: Workshop, owner: str, file: dict[str, str], path: Path) -> None:
    """The file at its path, downloaded unless it is there already."""
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    content = _read(aws, owner, file["name"])
    with FileLock(f"{path}.lock"):  # two kernels of one seat may attach at once
        draft.write_bytes(content)
        os.replace(draft, path)


def _read(aws: Workshop, owner: str, name: str) -> bytes:
    return aws.client("s3").get_object(Bucket=aws.bucket, Key=_key(owner, name))["Body"].read()


def _key(prefix: str, name: str) -> str:
    return f"{prefix}/shared/{name}"


def _reason(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return str(error) if isinstance(error, SettingsError) else type(error).__name__
    code = error.response["Error"]["Code"]
    return "its owner runs publish(aws) of helpers.shared_room after notebook 05" if code == "NoSuchKey" else code
