"""The quotas that are told are those that the stand-ins enforce."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from helpers.local.cloud import LocalCloud


def test_the_quota_of_dataset_groups_is_the_one_at_which_personalize_refuses(tmp_path):
    session = LocalCloud(tmp_path, weights=tmp_path).session
    listed = session.client("service-quotas").list_service_quotas(ServiceCode="personalize")["Quotas"]
    most = next(quota["Value"] for quota in listed if quota["QuotaName"].endswith("dataset groups"))
    personalize = session.client("personalize")
    for number in range(int(most)):
        personalize.create_dataset_group(name=f"group-{number}")
    with pytest.raises(ClientError, match="LimitExceeded"):
        personalize.create_dataset_group(name="one-more")


def test_the_quota_for_training_is_the_account_s_own(tmp_path):
    session = LocalCloud(tmp_path, weights=tmp_path, training_quotas={"ml.m5.large": 3}).session
    told = session.client("service-quotas").get_service_quota(ServiceCode="sagemaker", QuotaCode="L-611FA074")
    assert told["Quota"]["Value"] == 3
