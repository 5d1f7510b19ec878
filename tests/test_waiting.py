"""Waiting, with made-up descriptions and the genuine notebook runner."""

from datetime import UTC, datetime, timedelta
from itertools import chain, repeat

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, UnauthorizedSSOTokenError
from IPython.core.interactiveshell import InteractiveShell

from helpers.outages import SignInAgain
from helpers.waiting import GONE, MOST_OUTAGES, WaitError, WaitInterrupted, or_gone, wait_until


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


def failing(*outcomes):
    """A describe function that raises or answers each of these in turn, the last one for ever."""
    remaining = chain(outcomes, repeat(outcomes[-1]))

    def describe():
        outcome = next(remaining)
        if isinstance(outcome, BaseException):
            raise outcome
        return {"status": outcome}

    return describe


LOST = EndpointConnectionError(endpoint_url="https://personalize.us-east-1.amazonaws.com")
BUSY = ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "DescribeCampaign")
EXPIRED = ClientError({"Error": {"Code": "ExpiredTokenException", "Message": "expired"}}, "DescribeCampaign")


def test_an_interrupted_wait_says_in_one_line_that_nothing_is_lost(capsys):
    with pytest.raises(WaitInterrupted, match=r"^campaign: PENDING when you stopped waiting.*run this cell again") as caught:
        wait_until(failing("PENDING", KeyboardInterrupt()), {"ACTIVE"}, what="campaign", seconds=0)
    assert isinstance(caught.value, KeyboardInterrupt) and caught.value.__suppress_context__
    assert capsys.readouterr().out == ""


def test_a_notebook_shows_an_interrupted_wait_without_a_traceback():
    shell = InteractiveShell()
    shown = []
    shell._showtraceback = lambda kind, value, lines: shown.append(lines)
    shell.user_ns |= {"wait_until": wait_until, "describe": failing("PENDING", KeyboardInterrupt())}
    shell.run_cell("wait_until(describe, {'ACTIVE'}, what='campaign', seconds=0)")
    [[line]] = shown
    assert line.startswith("WaitInterrupted: campaign: PENDING when you stopped waiting.")


def test_three_drops_of_the_network_and_a_throttle_are_waited_out(capsys):
    drops = (LOST, LOST, "PENDING", BUSY, "PENDING", LOST, "ACTIVE")
    assert wait_until(failing(*drops), {"ACTIVE"}, what="campaign", seconds=0)["status"] == "ACTIVE"
    assert capsys.readouterr().out == "campaign: ACTIVE\n"


@pytest.mark.parametrize("error", [LOST, BUSY])
def test_patience_with_outages_ends_and_starts_anew_after_an_answer(error, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("helpers.waiting.time.monotonic", lambda: now[0])
    monkeypatch.setattr("helpers.waiting.time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    bearable = [error] * MOST_OUTAGES + ["PENDING"]
    wait_until(failing(*bearable, *bearable, "ACTIVE"), {"ACTIVE"}, what="campaign", seconds=30)
    now[0] = 0
    with pytest.raises(WaitError, match=r"campaign: PENDING when last seen, and then 21 questions.*run this cell again"):
        wait_until(failing("PENDING", error), {"ACTIVE"}, what="campaign", seconds=30)
    assert now[0] == 30 * (MOST_OUTAGES + 1)


def test_the_clock_says_what_is_wrong_and_how_long_it_usually_takes(monkeypatch):
    shown = []
    monkeypatch.setattr("helpers.progress.ProgressBar.say", lambda bar, text: shown.append(text))
    begun = datetime.now(UTC) - timedelta(minutes=34, seconds=5)
    steps = iter([{"status": "PENDING", "creationDateTime": begun}, LOST, {"status": "ACTIVE"}])

    def describe():
        if isinstance(step := next(steps), Exception):
            raise step
        return step

    wait_until(describe, {"ACTIVE"}, what="training", seconds=0, usual="15–50 minutes")
    assert shown == [
        "training: PENDING for 34 minutes, usually 15–50 minutes",
        "training: PENDING when last seen; no network, trying again",
    ]


@pytest.mark.parametrize("error", [EXPIRED, UnauthorizedSSOTokenError()])
def test_expired_credentials_end_the_wait_with_the_way_on(error):
    with pytest.raises(SignInAgain, match=r"aws sso login.*run this cell again: it goes on where it stopped"):
        wait_until(failing("PENDING", error), {"ACTIVE"}, what="campaign", seconds=0)


def test_what_time_does_not_mend_is_said_at_once():
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeCampaign")
    with pytest.raises(ClientError, match="AccessDenied"):
        wait_until(failing(denied), {"ACTIVE"}, what="campaign", seconds=0)
