"""What all resources of Personalize share: find one by its name or create it, look at it, wait until it is ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .durations import say_started, usual
from .waiting import GONE, or_gone, wait_until

FAILED = ("CREATE FAILED", "CREATE STOPPED")
START_OVER = "Delete it with notebook 99, correct the cause, then run this notebook again."


@dataclass(frozen=True)
class Kind:
    """How the client's methods and answers name a type of resource."""

    snake: str
    camel: str

    @property
    def arn(self) -> str:
        return f"{self.camel}Arn"

    @property
    def title(self) -> str:
        return self.snake.replace("_", " ")


@dataclass(frozen=True)
class Resources:
    """The resources of one kind, seen through a client; `poll_seconds` is the pause between two looks."""

    personalize: Any
    kind: Kind
    poll_seconds: float

    def describe(self, arn: str) -> Callable[[], dict[str, Any]]:
        """A function that asks once what the resource is like."""
        return lambda: getattr(self.personalize, f"describe_{self.kind.snake}")(**{self.kind.arn: arn})[self.kind.camel]

    def all(self, **scope: str) -> list[dict[str, Any]]:
        """Summaries of all resources in this scope."""
        pages = self.personalize.get_paginator(f"list_{self.kind.snake}s").paginate(**scope)
        return [item for page in pages for item in page[f"{self.kind.camel}s"]]

    def named(self, name: str, **scope: str) -> dict[str, Any] | None:
        """The summary of the resource with this name; one that is being deleted is waited for, and then there is none."""
        found = next((item for item in self.all(**scope) if item["name"] == name), None)
        if found and found.get("status", "").startswith("DELETE"):
            gone = or_gone(self.describe(found[self.kind.arn]))
            wait_until(gone, (GONE,), what=f"old {self.kind.title} {name}", seconds=self.poll_seconds)
            return None
        return found

    def get_or_create(self, name: str, wait: bool, scope: dict[str, str] | None = None, **members: Any) -> str:
        """The ARN of the resource with this name in this scope, ready for use if we are to wait for that."""
        scope, create = scope or {}, getattr(self.personalize, f"create_{self.kind.snake}")
        made = find_or_create(lambda: self.named(name, **scope), lambda: create(name=name, **scope, **members))
        return self.ready(made[self.kind.arn], name, wait)

    def ready(self, arn: str, name: str, wait: bool, next_step: str = START_OVER) -> str:
        """The same ARN once the resource is ACTIVE; at once, and with another printed line, if we are not to wait.

        Raises WaitFailed with Personalize's reason and this next step.
        """
        what = f"{self.kind.title} {name}"
        if wait:
            wait_until(
                self.describe(arn), ("ACTIVE",), FAILED,
                what=what, seconds=self.poll_seconds, next_step=next_step, usual=usual(self.kind.title),
            )  # fmt: skip
        else:
            say_started(what, self.kind.title)
        return arn


def find_or_create(find: Callable[[], dict[str, Any] | None], create: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `find` finds, else what `create` makes; if another kernel makes it in between, what `find` finds then."""
    if found := find():
        return found
    try:
        return create()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceAlreadyExistsException" and (found := find()):
            return found
        raise
