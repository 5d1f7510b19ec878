"""What a reader hears of a model's life cycle, from botocore's own members."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from helpers.clip import ClipEmbedder
from helpers.embedder import TitanEmbedder
from helpers.embeddings import EmbedError
from helpers.local.services.bedrock import Bedrock
from helpers.local.session import LocalSession
from helpers.model_lifecycle import _DATES, check_model_lifecycle
from helpers.nova import NovaEmbedder
from helpers.workshop import RETRIES

TITAN = TitanEmbedder(None)
CLIENT = boto3.Session("key", "secret", region_name="us-east-1").client("bedrock", config=RETRIES)
OFFLINE = LocalSession({"bedrock": Bedrock(None)}).client("bedrock")


def told(**lifecycle):
    """The line for Titan when Bedrock answers this life cycle; the Stubber checks it against botocore's model."""
    arn = f"arn:aws:bedrock:us-east-1::foundation-model/{TITAN.model}"
    details = {"modelArn": arn, "modelId": TITAN.model} | ({"modelLifecycle": lifecycle} if lifecycle else {})
    with Stubber(CLIENT) as stub:
        stub.add_response("get_foundation_model", {"modelDetails": details}, {"modelIdentifier": TITAN.model})
        line = check_model_lifecycle(CLIENT, TITAN)
        stub.assert_no_pending_responses()
    assert "\n" not in line
    return line


def test_offline_titan_is_active():
    assert check_model_lifecycle(OFFLINE, TITAN) == "amazon.titan-embed-image-v1: ACTIVE"


def test_legacy_is_one_warning_with_the_dates_and_a_way_out():
    line = told(
        status="LEGACY", startOfLifeTime=datetime(2023, 11, 29, tzinfo=UTC), legacyTime=datetime(2026, 12, 1, tzinfo=UTC),
        publicExtendedAccessTime=datetime(2027, 3, 1, tzinfo=UTC), endOfLifeTime=datetime(2027, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    assert line.startswith("⚠ amazon.titan-embed-image-v1 is LEGACY")
    assert "legacy since 2026-12-01, likely dearer from 2027-03-01, gone from 2027-06-01" in line
    assert "WORKSHOP_EMBEDDER=nova" in line


def test_dates_that_bedrock_leaves_out_are_left_out():
    assert "(gone from 2027-06-01)" in told(status="LEGACY", endOfLifeTime=datetime(2027, 6, 1, tzinfo=UTC))
    assert "(no dates given)" in told(status="LEGACY")


def test_a_model_without_a_life_cycle_is_no_warning():
    assert told() == "amazon.titan-embed-image-v1: life cycle unknown"
    assert told(status="ACTIVE", endOfLifeTime=datetime(2030, 1, 1, tzinfo=UTC)).endswith(": ACTIVE")


def test_the_dates_are_botocore_s():
    shape = CLIENT.meta.service_model.shape_for("FoundationModelLifecycle")
    assert set(_DATES) == shape.members.keys() - {"status", "startOfLifeTime"}
    assert set(shape.members["status"].enum) == {"ACTIVE", "LEGACY"}


def test_a_model_of_this_machine_is_not_looked_up():
    assert "runs on this machine" in check_model_lifecycle(None, ClipEmbedder())


def test_nova_offline_is_an_error_that_says_where_it_is():
    with pytest.raises(EmbedError, match=r"doesn't offer amazon\.nova.*WORKSHOP_REGION.*WORKSHOP_EMBEDDER=titan"):
        check_model_lifecycle(OFFLINE, NovaEmbedder(None))


def test_a_role_that_may_not_look_can_still_work():
    with Stubber(CLIENT) as stub:
        stub.add_client_error("get_foundation_model", "AccessDeniedException", "no", 403)
        assert "allow bedrock:GetFoundationModel" in check_model_lifecycle(CLIENT, TITAN)


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
def test_other_errors_of_aws_pass_unchanged(code):
    with Stubber(CLIENT) as stub:
        stub.add_client_error("get_foundation_model", code, "later", 500)
        with pytest.raises(ClientError, match=code):
            check_model_lifecycle(CLIENT, TITAN)
