"""Statuses move one step at a time and stop at the end."""

from helpers.local.lifecycle import PERSONALIZE_CREATE, SAGEMAKER_TRAINING, advance, ending_with, is_finished


def statuses(record: dict, steps, member: str) -> list[str]:
    seen = [record[member]]
    while not is_finished(record, steps):
        record = advance(record, steps)
        seen.append(record[member])
    return seen


def test_a_campaign_becomes_active_in_three_steps():
    record = {"name": "x", **PERSONALIZE_CREATE[0]}
    assert statuses(record, PERSONALIZE_CREATE, "status") == [
        "CREATE PENDING",
        "CREATE IN_PROGRESS",
        "ACTIVE",
    ]


def test_a_training_job_shows_what_it_is_doing():
    record = dict(SAGEMAKER_TRAINING[0])
    seen = statuses(record, SAGEMAKER_TRAINING, "SecondaryStatus")
    assert seen == ["Starting", "Downloading", "Training", "Uploading", "Completed"]


def test_another_end_replaces_the_last_step():
    steps = ending_with(PERSONALIZE_CREATE, status="CREATE FAILED", failureReason="too few users")
    record = dict(steps[0])
    for _ in range(5):
        record = advance(record, steps)
    assert record == {"status": "CREATE FAILED", "failureReason": "too few users"}


def test_advancing_keeps_other_members_and_the_original():
    record = {"name": "x", "status": "CREATE PENDING"}
    assert advance(record, PERSONALIZE_CREATE) == {"name": "x", "status": "CREATE IN_PROGRESS"}
    assert record["status"] == "CREATE PENDING"


def test_a_record_at_its_end_or_outside_stays():
    for status in ("ACTIVE", "DELETE PENDING"):
        assert advance({"status": status}, PERSONALIZE_CREATE) == {"status": status}
        assert is_finished({"status": status}, PERSONALIZE_CREATE)
