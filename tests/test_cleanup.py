"""Clean-up deletes everything of ours, in order, whatever happens, and nothing of a neighbour whose prefix begins alike."""

from __future__ import annotations

import shutil

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from full_account import NEIGHBOURS, PREFIX, furnish, move_in_next_door, next_door, workshop_in

from helpers.cleanup import clean_up_plan, delete_everything, inventory, inventory_by_tag, show_resources
from helpers.local.errors import ServiceError
from helpers.outages import SignInAgain
from helpers.stack import launch_stack
from helpers.waiting import WaitError

KINDS = [
    "campaign", "solution", "event_tracker", "dataset", "schema", "dataset_group", "schedule", "batch job", "training job",
    "training job",
    "opensearch index", "opensearch index", "files in S3", "stack",
]  # fmt: skip


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """(a folder with a full account and its neighbours, what the neighbours have)"""
    folder = tmp_path_factory.mktemp("furnished")
    move_in_next_door(folder)
    theirs = next_door(folder)
    furnish(workshop_in(folder))
    return folder, theirs


@pytest.fixture
def folder(furnished, tmp_path):
    """A copy of the full account."""
    return shutil.copytree(furnished[0], tmp_path / "account")


@pytest.fixture
def aws(folder):
    return workshop_in(folder)


def refuse(aws, faults):
    """Makes calls fail: faults is asked with service and operation before each."""
    aws.session._faults = faults


def test_the_plan_names_everything_once_says_why_it_is_ours_and_deletes_nothing(aws):
    plan = clean_up_plan(aws)
    assert list(plan["what"]) == [kind.replace("_", " ") for kind in KINDS]
    by = plan.drop_duplicates("what").set_index("what")["ours by"]
    assert {what for what, why in by.items() if why == "name"} == {"schema", "schedule", "opensearch index", "files in S3"}
    assert set(by) == {"name", "name and tag"}
    bills = plan.set_index("what")["$ a day"]
    assert bills["campaign"] == 12.96 and bills["stack"] == 0.90 and (bills["schema"], bills["solution"]) == (0, 0)
    assert plan.equals(clean_up_plan(aws))


def test_both_inventories_are_empty_afterwards_and_the_neighbours_have_what_they_had(aws, folder, furnished):
    assert len(inventory(aws)) == len(KINDS) and len(inventory_by_tag(aws)) > 8
    assert delete_everything(aws, with_stack=True) == []
    assert inventory(aws) == [] and inventory_by_tag(aws) == [] and list(aws.state) == []
    assert next_door(folder) == furnished[1]
    assert clean_up_plan(aws).empty


def test_the_stack_stays_unless_it_is_to_go(aws):
    assert delete_everything(aws) == []
    assert [r.kind for r in inventory(aws)] == ["stack"]
    assert {r.kind for r in inventory_by_tag(aws)} == {"stack", "bucket", "OpenSearch domain", "log group"}
    assert {r.stack for r in inventory_by_tag(aws)} == {"", PREFIX}


def test_it_runs_where_nothing_is_there_and_makes_nothing(tmp_path):
    aws = workshop_in(tmp_path)
    for _ in range(2):
        assert delete_everything(aws, with_stack=True) == [] and clean_up_plan(aws).empty
    assert not aws.is_set_up and aws.client("s3").list_buckets()["Buckets"] == []


def test_it_prints_a_line_for_each_thing(aws, capsys):
    delete_everything(aws, with_stack=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(KINDS) and all(line.endswith((": DELETED", ": stopped")) for line in lines)


@pytest.mark.parametrize("prefix", NEIGHBOURS)
def test_neighbours_find_their_own_things_only(folder, prefix):
    theirs = workshop_in(folder, prefix)
    found = [*inventory(theirs), *inventory_by_tag(theirs)]
    assert found and all(prefix in (resource.arn or resource.name) for resource in found)


def test_things_with_other_names_are_ours_by_their_tag(aws):
    """What a reader made in a cell of their own, by a client of the workshop."""
    aws.client("personalize").create_dataset_group(name="my-own-try")
    plan = clean_up_plan(aws).set_index("name")
    assert plan.loc["my-own-try", "ours by"] == "tag"
    assert delete_everything(aws) == []


def test_an_index_behind_our_alias_is_ours(aws):
    delete_everything(aws)
    aws.opensearch.indices.create(index="another-name")
    aws.opensearch.indices.create(index=f"{PREFIX}-images-v3")
    aws.opensearch.indices.put_alias(index=f"{PREFIX}-images-v3", name=aws.index_name)
    assert [r.name for r in inventory(aws) if r.kind == "opensearch index"] == [f"{PREFIX}-images-v3"]
    assert delete_everything(aws) == [] and aws.opensearch.indices.exists(index="another-name")


def test_what_is_refused_is_told_with_reason_and_price_and_the_rest_is_deleted(aws, capsys):
    calls = []

    def refuse_the_campaign(service, operation):
        calls.append(operation)
        return ServiceError("AccessDeniedException", "not you") if operation == "delete_campaign" else None

    refuse(aws, refuse_the_campaign)
    left = delete_everything(aws, with_stack=True)
    # The solution needs its campaign gone, the dataset and the group need the solution gone; nothing else does.
    assert [r.kind for r in left] == ["campaign", "solution", "dataset", "schema", "dataset_group"]
    table = show_resources(left).set_index("what")
    assert "not you" in table.loc["campaign", "why not"] and table.loc["campaign", "$ a day"] == 12.96
    assert "in use" in table.loc["solution", "why not"]
    assert f"campaign {PREFIX}-campaign: not deleted" in capsys.readouterr().out
    assert calls.count("delete_solution") == 1  # no patience with what can't succeed
    assert "campaign_arn" in aws.state
    refuse(aws, None)
    assert delete_everything(aws, with_stack=True) == [] and list(aws.state) == []


def test_what_could_not_be_listed_is_no_empty_inventory(aws):
    delete_everything(aws, with_stack=True)
    refuse(aws, lambda service, operation: ServiceError("AccessDeniedException", "no") if operation == "list_schemas" else None)
    [unseen] = inventory(aws)
    assert "no" in unseen.reason and delete_everything(aws) == [unseen]
    refuse(aws, lambda service, operation: ServiceError("AccessDeniedException", "no") if operation == "get_resources" else None)
    assert len(inventory_by_tag(aws)) == 1 and inventory(aws) == []


def test_an_expired_sign_in_stops_it_and_the_next_run_goes_on(aws):
    seen = []

    def expire(service, operation):
        seen.append(operation)
        return ServiceError("ExpiredTokenException", "expired") if seen.count("describe_solution") > 1 else None

    refuse(aws, expire)
    with pytest.raises(SignInAgain, match="run this cell again"):
        delete_everything(aws, with_stack=True)
    refuse(aws, None)
    assert delete_everything(aws, with_stack=True) == []


def test_without_a_network_it_stops_at_once_instead_of_waiting_for_each_thing(aws):
    started = []

    def unplug(service, operation):
        started.append(operation)
        return EndpointConnectionError(endpoint_url="https://aws") if "delete_campaign" in started else None

    refuse(aws, unplug)
    with pytest.raises(WaitError, match="Nothing is lost"):
        delete_everything(aws)
    assert not any(operation.startswith("delete_solution") for operation in started)


def test_files_that_s3_refuses_to_delete_are_told(aws):
    refused = {"Errors": [{"Key": "pis/clicks.csv", "Code": "AccessDenied", "Message": "Access Denied"}]}
    with Stubber(aws.client("s3")) as s3:
        for operation in ("list_objects_v2",) * 2:
            s3.add_response(operation, {"Contents": [{"Key": "pis/clicks.csv"}]})
        s3.add_response("delete_objects", refused)
        s3.add_response("list_objects_v2", {"Contents": [{"Key": "pis/clicks.csv"}]})
        [left] = delete_everything(aws)
    assert left.reason == "S3 refused 1 files, such as pis/clicks.csv: Access Denied"


def test_a_busy_aws_is_borne(aws):
    """More refusals in a row than botocore's own ten attempts."""
    busy = iter(range(25))
    slow = ServiceError("ThrottlingException", "slow down", 429)
    refuse(aws, lambda service, operation: slow if operation == "delete_solution" and next(busy, None) is not None else None)
    assert delete_everything(aws) == []


def test_a_deletion_that_somebody_else_has_begun_is_finished(aws):
    aws.client("personalize").delete_campaign(campaignArn=aws.state["campaign_arn"])
    aws.client("cloudformation").delete_stack(StackName=PREFIX)
    assert delete_everything(aws, with_stack=True) == []


def test_a_stack_that_is_still_being_made_or_has_failed_is_deleted(tmp_path):
    aws = workshop_in(tmp_path)
    aws.client("s3").create_bucket(Bucket=f"{PREFIX}-us-east-1-000000000000")
    with pytest.raises(WaitError):
        launch_stack(aws)
    assert delete_everything(aws, with_stack=True) == []
    assert aws.client("s3").list_buckets()["Buckets"]  # it was there before the stack and is not the stack's


def test_the_stack_of_the_search_api_goes_first(aws, capsys):
    body = "Resources: {Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: pis-api-logs}}}"
    tags = [{"Key": "workshop", "Value": PREFIX}]
    # The name is taken by a neighbour of that prefix: theirs is not ours.
    assert [r.name for r in inventory(aws) if r.kind == "stack"] == [PREFIX]
    delete_everything(workshop_in(aws.home.parent, NEIGHBOURS[-1]), with_stack=True)
    aws.client("cloudformation").create_stack(StackName=f"{PREFIX}-search-api", TemplateBody=body, Tags=tags)
    assert [r.name for r in inventory(aws) if r.kind == "stack"] == [f"{PREFIX}-search-api", PREFIX]
    capsys.readouterr()
    assert delete_everything(aws, with_stack=True) == []
    assert capsys.readouterr().out.splitlines()[-2:] == [f"stack {PREFIX}-search-api: DELETED", f"stack {PREFIX}: DELETED"]
