"""Campaigns: deployed, updated, following the newest version, through the genuine client."""

import pytest


def test_a_campaign_needs_an_active_version(account, click_log):
    group = account.group()
    account.run_import(account.dataset(group), click_log())
    arn = account.personalize.create_solution_version(solutionArn=account.solution(group))[
        "solutionVersionArn"
    ]
    with pytest.raises(account.personalize.exceptions.ResourceInUseException, match="must be ACTIVE"):
        account.campaign(arn)
    with pytest.raises(account.personalize.exceptions.ResourceNotFoundException):
        account.campaign(arn[:-8] + "00000000")


def test_a_campaign_serves_only_once_it_is_active_and_no_longer_when_it_goes(account):
    _, _, version, campaign = account.deployed()
    young = account.personalize.create_campaign(name="young", solutionVersionArn=version)["campaignArn"]
    with pytest.raises(account.runtime.exceptions.ResourceNotFoundException):
        account.ranking(young, [1, 2])
    assert len(account.ranking(campaign, [1, 2])) == 2
    account.personalize.delete_campaign(campaignArn=campaign)
    with pytest.raises(account.runtime.exceptions.ResourceNotFoundException):
        account.ranking(campaign, [1, 2])


def test_an_update_serves_the_old_version_until_it_is_active(account, click_log):
    group, solution, first, campaign = account.deployed()
    dataset = account.personalize.list_datasets(datasetGroupArn=group)["datasets"][0]["datasetArn"]
    account.run_import(dataset, click_log(n_items=60, seed=3), "more")
    second = account.version(solution)
    account.personalize.update_campaign(campaignArn=campaign, solutionVersionArn=second, minProvisionedTPS=2)
    with pytest.raises(account.personalize.exceptions.ResourceInUseException):
        account.personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=3)
    assert "score" not in account.ranking(campaign, [1, 55])[1]
    seen = [account.describe("campaign", campaign) for _ in range(3)]
    assert [one["status"] for one in seen] == ["ACTIVE"] * 3
    assert [one["latestCampaignUpdate"]["status"] for one in seen] == [
        "CREATE PENDING",
        "CREATE IN_PROGRESS",
        "ACTIVE",
    ]
    assert [one["solutionVersionArn"] for one in seen] == [first, first, second]
    assert seen[-1]["minProvisionedTPS"] == 2
    assert all("score" in item for item in account.ranking(campaign, [1, 55]))


def test_a_campaign_can_follow_the_newest_version(account, click_log):
    group, solution, _, _ = account.deployed()
    arn = account.personalize.create_campaign(
        name="follower",
        solutionVersionArn=f"{solution}/$LATEST",
        campaignConfig={"syncWithLatestSolutionVersion": True},
    )["campaignArn"]
    account.settle("campaign", arn)
    assert "score" not in account.ranking(arn, [1, 55])[1]
    dataset = account.personalize.list_datasets(datasetGroupArn=group)["datasets"][0]["datasetArn"]
    account.run_import(dataset, click_log(n_items=60, seed=3), "more")
    account.version(solution)
    assert "score" in account.ranking(arn, [1, 55])[1]
    with pytest.raises(
        account.personalize.exceptions.InvalidInputException, match="syncWithLatestSolutionVersion"
    ):
        account.campaign(f"{solution}/$LATEST", "half-asked")


def test_a_group_has_room_for_five_campaigns_listed_by_solution(account):
    _, solution, version, _ = account.deployed()
    for number in range(4):
        account.personalize.create_campaign(name=f"c{number}", solutionVersionArn=version)
    with pytest.raises(
        account.personalize.exceptions.LimitExceededException, match="More than 5 resources in ACTIVE"
    ):
        account.campaign(version, "one-too-many")
    listed = account.personalize.list_campaigns(solutionArn=solution)["campaigns"]
    assert [item["name"] for item in listed] == ["c0", "c1", "c2", "c3", "campaign"]
    assert account.personalize.list_campaigns(solutionArn=f"{solution}-2")["campaigns"] == []
