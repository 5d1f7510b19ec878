"""Deleting the stack: what goes with it, what does not, and again after whatever stopped it."""

from __future__ import annotations

import pytest

from helpers import stack as stack_module
from helpers.settings import SettingsError, read_settings
from helpers.stack import delete_stack, launch_stack
from helpers.stack_status import find_stack
from helpers.waiting import WaitError
from helpers.workshop import Workshop, connect


@pytest.fixture
def aws(tmp_path) -> Workshop:
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))


def test_deleting_takes_files_and_index_along_and_can_be_repeated(aws, capsys):
    launch_stack(aws)
    aws.client("s3").put_object(Bucket=aws.bucket, Key="workshop/late")
    aws.opensearch.indices.create(index="workshop-images")
    capsys.readouterr()
    delete_stack(aws)
    first = capsys.readouterr().out
    delete_stack(aws)
    assert capsys.readouterr().out == first == "stack workshop: DELETED\n"
    assert aws.client("s3").list_buckets()["Buckets"] == [] and aws.client("iam").list_roles()["Roles"] == []
    assert not aws.opensearch.indices.exists(index="workshop-images")
    launch_stack(aws)


def test_somebody_else_s_files_are_not_deleted_unasked(aws):
    launch_stack(aws)
    aws.client("s3").put_object(Bucket=aws.bucket, Key="workshop-bob/file")
    with pytest.raises(SettingsError, match=r"1 files.*workshop-bob/file.*with_other_files"):
        delete_stack(aws)
    assert find_stack(aws, "workshop")["StackStatus"] == "CREATE_COMPLETE"
    delete_stack(aws, with_other_files=True)
    assert find_stack(aws, "workshop") is None


def test_a_file_that_comes_meanwhile_stops_the_deletion_and_the_next_one_finishes_it(aws, monkeypatch):
    launch_stack(aws)
    aws.client("s3").put_object(Bucket=aws.bucket, Key="workshop/late")
    monkeypatch.setattr(stack_module, "_empty", lambda *arguments: None)
    with pytest.raises(WaitError, match=r"DELETE_FAILED\. Bucket: .*not empty.*run this cell again"):
        delete_stack(aws)
    monkeypatch.undo()
    delete_stack(aws)
    assert find_stack(aws, "workshop") is None


def test_an_interrupted_deletion_is_finished_by_the_next(aws, monkeypatch):
    launch_stack(aws)
    monkeypatch.setattr(stack_module, "wait_until", lambda *arguments, **named: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        delete_stack(aws)
    monkeypatch.undo()
    find_stack(aws, "workshop")
    delete_stack(aws)
    assert find_stack(aws, "workshop") is None


def test_a_launch_waits_for_a_deletion_that_is_under_way(aws):
    launch_stack(aws)
    aws.client("cloudformation").delete_stack(StackName="workshop")
    launch_stack(aws)
    assert find_stack(aws, "workshop")["StackStatus"] == "CREATE_COMPLETE"
