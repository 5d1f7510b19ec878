"""Waiting, with made-up descriptions and the genuine notebook runner."""

from itertools import chain, repeat

import pytest
from botocore.exceptions import ClientError

from helpers.waiting import GONE, WaitError, or_gone, wait_until


def answers(*statuses, member="status", **others):
    """A describe function that gives one status after the other, the last one for ever."""
    remaining = chain(statuses, repeat(statuses[-1]))
    return lambda: {member: next(remaining), **others}


def test_it_asks_until_done_and_prints_one_line(capsys):
    answer = wait_until(
        answers("CREATE PENDING", "ACTIVE", arn="x"), {"ACTIVE"}, what="campaign comic", seconds=0
    )
    assert answer == {"status": "ACTIVE", "arn": "x"}
    assert capsys.readouterr() == ("campaign comic: ACTIVE\n", "")


def test_the_line_is_the_same_for_what_was_there_already(capsys):
    wait_until(answers("ACTIVE"), {"ACTIVE"}, what="campaign comic", seconds=1000)
    assert capsys.readouterr().out == "campaign comic: ACTIVE\n"


def test_a_failure_gives_the_reason_and_the_next_step(capsys):
    describe = answers(
        "InProgress", "Failed", member="TrainingJobStatus", FailureReason="ClientError: k is too large."
    )
    with pytest.raises(WaitError, match=r"^K-Means: Failed\. ClientError: k is too large\. Lower k\.$"):
        wait_until(describe, {"Completed"}, {"Failed"}, what="K-Means", seconds=0, next_step="Lower k.")
    assert capsys.readouterr().out == ""


def test_it_gives_up_and_says_that_nothing_is_lost():
    with pytest.raises(WaitError, match=r"still PENDING after 0 minutes.*run this cell again"):
        wait_until(answers("PENDING"), {"ACTIVE"}, what="import", seconds=0.01, timeout=0.05)


def test_it_pauses_between_questions(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("helpers.waiting.time.monotonic", lambda: now[0])
    monkeypatch.setattr("helpers.waiting.time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    wait_until(answers("A", "A", "B"), {"B"}, what="thing", seconds=30)
    assert now[0] == 60


def test_a_status_can_sit_anywhere(capsys):
    describe = lambda: {"Stacks": [{"State": "READY"}]}  # noqa: E731
    wait_until(
        describe, {"READY"}, what="stack", seconds=0, status=lambda answer: answer["Stacks"][0]["State"]
    )
    assert capsys.readouterr().out == "stack: READY\n"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ResourceNotFoundException", "no such campaign"),
        ("ValidationException", "Requested resource not found."),
    ],
)
def test_a_deleted_thing_is_gone_however_aws_says_so(code, message):
    calls = iter(
        [
            {"status": "DELETE IN_PROGRESS"},
            ClientError({"Error": {"Code": code, "Message": message}}, "Describe"),
        ]
    )

    def describe():
        answer = next(calls)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert wait_until(or_gone(describe), {GONE}, what="campaign", seconds=0) == {"status": GONE}


def test_other_errors_are_not_taken_for_gone():
    def describe():
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Describe")

    with pytest.raises(ClientError, match="AccessDenied"):
        or_gone(describe)()
