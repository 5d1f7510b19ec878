"""Makes the faults happen that a plan asks for: the same ones, for the same calls in the same order.

The n-th attempt of an operation meets its fault or does not, whatever other operations do and whichever thread makes it.
Faults that are counted (a training that fails) are counted in the folder, so that a new kernel does not meet them again.
"""

import errno
import hashlib
import itertools
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ReadTimeoutError

from helpers.faults import FaultPlan

from .errors import ServiceError
from .store import Store

_FULL_DISK_CHANCE = 0.02  # of a write, until as many as the plan wants have met it
_THROTTLED = {"s3": ("SlowDown", 503), "bedrock-runtime": ("ThrottlingException", 429), "cloudformation": ("Throttling", 400)}
_BROKEN = {"s3": ("InternalError", 500), "bedrock-runtime": ("InternalServerException", 500)}
REASONS = {  # unconfirmed: the two of trainings; the one of imports stands in public logs
    "training": "InternalServerError: We encountered an internal error. Please try again.",
    "imports": "Insufficient privileges for accessing data in Amazon S3.",
    "versions": "Create failed. An internal error occurred. Please try again.",
}


class PlannedFaults:
    """The faults of a plan in the offline cloud of a folder. `met` counts those that happened, by kind.

    Called with a service and an operation before every attempt, as `LocalSession` does, it answers the error to meet.
    """

    def __init__(self, plan: FaultPlan, root: Path):
        self.plan = plan
        self.met: Counter[str] = Counter()
        self._memory = Store(root / "faults")  # which no fault touches
        self._numbers: dict[str, Iterator[int]] = defaultdict(itertools.count)
        self._counting = threading.Lock()

    def __call__(self, service: str, operation: str) -> ServiceError | BotoCoreError | None:
        kind = self.passing(f"{service}.{operation}")
        if kind == "throttling":
            code, status = _THROTTLED.get(service, ("ThrottlingException", 400))
            return ServiceError(code, "Rate exceeded (a fault on purpose: WORKSHOP_FAULTS)", status)
        if kind == "server":
            code, status = _BROKEN.get(service, ("InternalFailure", 500))
            return ServiceError(code, "An internal error occurred (a fault on purpose: WORKSHOP_FAULTS)", status)
        if kind == "timeouts":
            return ReadTimeoutError(endpoint_url=f"{service}, offline (a fault on purpose: WORKSHOP_FAULTS)")
        return None

    def passing(self, call: str) -> str:
        """The kind of fault that this attempt of a call meets: throttling, server, timeouts, or "" for none."""
        drawn = self._draw(call)
        for kind in ("throttling", "server", "timeouts"):
            drawn -= getattr(self.plan, kind)
            if drawn < 0:
                return self._meet(kind)
        return ""

    def refuses_document(self) -> bool:
        """Whether the next document of a bulk request finds no room."""
        return self.plan.bulk > 0 and self._draw("document") < self.plan.bulk and bool(self._meet("bulk"))

    def reason_to_fail(self, kind: str) -> str:
        """Why what is now to be done (training, imports, versions) fails, or "" if it may succeed."""
        return REASONS[kind] if self._is_due(kind) else ""

    def before_write(self) -> None:
        """Let a write take its time. Raises OSError when there is no room for it."""
        if self.plan.slow_disk:
            time.sleep(self.plan.slow_disk / 1000)
        if self.plan.full_disk and self._draw("write") < _FULL_DISK_CHANCE and self._is_due("full_disk"):
            raise OSError(errno.ENOSPC, "No space left on device (a fault on purpose: WORKSHOP_FAULTS)")

    def _is_due(self, kind: str) -> bool:
        """Whether a counted fault is still to happen; then it has happened."""
        most = getattr(self.plan, kind)
        if not most:
            return False
        with self._memory.lock(kind):
            met = (self._memory.read("met", kind) or {"times": 0})["times"]
            if met < most:
                self._memory.write("met", kind, {"times": met + 1})
        return met < most and bool(self._meet(kind))

    def _draw(self, call: str) -> float:
        """A number from 0 to 1 for the next attempt of this call."""
        with self._counting:
            number = next(self._numbers[call])
        digest = hashlib.blake2b(f"{self.plan.seed} {call} {number}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def _meet(self, kind: str) -> str:
        with self._counting:
            self.met[kind] += 1
        return kind
