"""One way to wait for AWS: ask again and again until a thing is ready, has failed, or took too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .outages import OneLine, is_expired, passing_trouble, sign_in_again
from .progress import ProgressBar, clock

GONE = "DELETED"
MOST_OUTAGES = 20  # questions in a row without an answer: 10 minutes on AWS, and botocore has retried each of them
_STATUS_MEMBERS = ("status", "TrainingJobStatus", "StackStatus")
_REASON_MEMBERS = ("failureReason", "FailureReason", "StackStatusReason", "message")
_BEGIN_MEMBERS = ("creationDateTime", "CreationTime", "submitTime")


class WaitError(OneLine, RuntimeError):
    """What we waited for took too long or can't be seen; the message says why and what to do next."""


class WaitFailed(WaitError):
    """What we waited for has failed, for a reason that AWS gives."""


class WaitInterrupted(OneLine, KeyboardInterrupt):
    """The reader stopped the waiting; what we waited for goes on."""


def wait_until(
    describe: Callable[[], Mapping[str, Any]],
    done: Collection[str],
    failed: Collection[str] = (),
    *,
    what: str,
    seconds: float,
    timeout: float = 3 * 3600,
    next_step: str = "Correct the cause, then run this cell again.",
    status: Callable[[Mapping[str, Any]], str] | None = None,
    usual: str = "",
) -> Mapping[str, Any]:
    """The first description whose status is in `done`, and one printed line: "campaign comic: ACTIVE".

    The line is the same whether the thing was made just now or long ago. Meanwhile a clock shows how long it is under way.

    describe : asks AWS once. status : finds the status in its answer; by default the usual members are tried.
    seconds : pause between two questions, `aws.poll_seconds`. timeout : seconds until we give up.
    usual : how long it takes as a rule, such as "10–15 minutes".

    Up to `MOST_OUTAGES` questions in a row may meet a lost network or a busy AWS; the clock says so. Raises WaitFailed when
    the status is in `failed`, with the reason that AWS gives and `next_step`; WaitError when `timeout` or the patience with
    outages is over; SignInAgain when the credentials expire; WaitInterrupted when the reader interrupts. Except after a
    failure nothing is lost, and the cell can be run again, in another kernel too, to go on waiting.
    """
    deadline = time.monotonic() + timeout
    now, outages = "not seen yet", 0
    try:
        with clock(what) as bar:
            while True:
                try:
                    answer = describe()
                except (BotoCoreError, ClientError) as error:
                    outages += 1
                    trouble = _trouble(error, outages, f"{what}: {now}")
                    shown = f"{what}: {now} when last seen; {trouble}, trying again"
                else:
                    outages = 0
                    now = status(answer) if status else _first(answer, _STATUS_MEMBERS, "unknown")
                    if now in done:
                        break
                    if now in failed:
                        reason = _first(answer, _REASON_MEMBERS, "AWS gives no reason")
                        raise WaitFailed(f"{what}: {now}. {reason.rstrip('.')}. {next_step}")
                    shown = f"{what}: {now}{_age(answer, usual)}"
                if time.monotonic() >= deadline:
                    raise WaitError(
                        f"{what}: still {now} after {timeout / 60:.0f} minutes. Nothing is lost: look at it in the AWS "
                        "console, or run this cell again to go on waiting."
                    )
                _pause(min(seconds, deadline - time.monotonic()), bar, shown)
    except KeyboardInterrupt:
        raise WaitInterrupted(
            f"{what}: {now} when you stopped waiting. AWS goes on with it, and nothing is lost: run this cell again to go on "
            "waiting, also tomorrow (from a new kernel, run the cells above it first: they find what is there)."
        ) from None
    print(f"{what}: {now}")
    return answer


def or_gone(describe: Callable[[], Mapping[str, Any]]) -> Callable[[], Mapping[str, Any]]:
    """The same `describe`, except that it answers status DELETED once AWS says that there is no such thing.

    `wait_until(or_gone(describe), done={GONE}, …)` waits for a deletion.
    """

    def describe_or_gone() -> Mapping[str, Any]:
        try:
            return describe()
        except ClientError as error:
            problem = error.response["Error"]
            # SageMaker says "Requested resource not found" in a ValidationException
            if "NotFound" in problem["Code"] or "not found" in problem.get("Message", ""):
                return {"status": GONE}
            raise

    return describe_or_gone


def _trouble(error: BotoCoreError | ClientError, outages: int, what: str) -> str:
    """A few words about an error that may pass. Raises what the reader should see instead, if it will not, or not soon."""
    if is_expired(error):
        raise sign_in_again(error) from error
    trouble = passing_trouble(error)
    if not trouble:
        raise error
    if outages > MOST_OUTAGES:
        raise WaitError(
            f"{what} when last seen, and then {outages} questions went without an answer: {trouble} ({error}). Nothing is lost, "
            "and AWS goes on. When this computer is online and its clock is right, run this cell again to go on waiting."
        ) from error
    return trouble


def _first(answer: Mapping[str, Any], members: Collection[str], otherwise: str) -> str:
    return next((str(answer[member]) for member in members if answer.get(member)), otherwise)


def _age(answer: Mapping[str, Any], usual: str) -> str:
    """For how long the thing has been in the making, by this computer's clock, and how long that takes as a rule."""
    begun = next((answer[member] for member in _BEGIN_MEMBERS if answer.get(member)), None)
    minutes = f" for {max(0.0, (datetime.now(UTC) - begun).total_seconds()) / 60:.0f} minutes" if begun else ""
    return f"{minutes}, usually {usual}" if usual else ""


def _pause(seconds: float, bar: ProgressBar, text: str) -> None:
    """Sleep, and let the clock tick every second."""
    end = time.monotonic() + seconds
    bar.say(text)
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(1.0, left))
        bar.say(text)
