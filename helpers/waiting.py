"""One way to wait for AWS: ask again and again until a thing is ready, has failed, or took too long."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from botocore.exceptions import ClientError

from .progress import ProgressBar, clock

GONE = "DELETED"
_STATUS_MEMBERS = ("status", "TrainingJobStatus", "StackStatus")
_REASON_MEMBERS = ("failureReason", "FailureReason", "StackStatusReason")


class WaitError(RuntimeError):
    """What we waited for has failed or took too long; the message says why and what to do next."""


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
) -> Mapping[str, Any]:
    """The first description whose status is in `done`, and one printed line: "campaign comic: ACTIVE".

    The line is the same whether the thing was made just now or long ago.

    describe : asks AWS once. status : finds the status in its answer; by default the usual members are tried.
    seconds : pause between two questions, `aws.poll_seconds`. timeout : seconds until we give up.

    Raises WaitError when the status is in `failed`, with the reason that AWS gives and `next_step`, and when
    `timeout` is over; nothing is lost then, and the cell can be run again to go on waiting.
    """
    deadline = time.monotonic() + timeout
    with clock(what) as bar:
        while True:
            answer = describe()
            now = status(answer) if status else _first(answer, _STATUS_MEMBERS, "unknown")
            if now in done:
                break
            if now in failed:
                reason = _first(answer, _REASON_MEMBERS, "AWS gives no reason")
                raise WaitError(f"{what}: {now}. {reason.rstrip('.')}. {next_step}")
            if time.monotonic() >= deadline:
                raise WaitError(
                    f"{what}: still {now} after {timeout / 60:.0f} minutes. Nothing is lost: look at it in the AWS "
                    "console, or run this cell again to go on waiting."
                )
            _pause(min(seconds, deadline - time.monotonic()), bar, f"{what}: {now}")
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


def _first(answer: Mapping[str, Any], members: Collection[str], otherwise: str) -> str:
    return next((str(answer[member]) for member in members if answer.get(member)), otherwise)


def _pause(seconds: float, bar: ProgressBar, text: str) -> None:
    """Sleep, and let the clock tick every second."""
    end = time.monotonic() + seconds
    bar.say(text)
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(1.0, left))
        bar.say(text)
