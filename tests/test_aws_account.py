"""What an account has is found, what is missing is named, and a room's stack is the instructor's."""

from __future__ import annotations

import pytest

from helpers.aws_account import AwsAccount
from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.settings import SettingsError, read_settings


def account(tmp_path, faults=None, **environment):
    cloud = LocalCloud(tmp_path, weights=tmp_path, faults=faults)
    settings = read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_MODE": "aws", "AWS_REGION": "us-east-1", **environment})
    return cloud, AwsAccount(cloud.session, settings)


def test_a_stack_is_found_once_it_is_there(tmp_path):
    cloud, found = account(tmp_path)
    assert not found.is_there()
    with pytest.raises(SettingsError, match="'workshop' in us-east-1"):
        found.find()
    assert cloud.stack() == found.find() and found.is_there()


def test_an_attendee_s_stack_is_the_room_s(tmp_path):
    cloud, found = account(tmp_path, WORKSHOP_PREFIX="seat-07", WORKSHOP_SHARED="room-b")
    with pytest.raises(SettingsError, match="'room-b'"):
        found.find()
    assert cloud.stack("room-b") == found.find()


def test_a_refusal_says_what_to_check(tmp_path):
    _, found = account(tmp_path, faults=lambda service, operation: ServiceError("AccessDenied", "not you", 403))
    with pytest.raises(SettingsError, match="get-caller-identity"):
        found.is_there()
