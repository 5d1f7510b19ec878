"""Patience beyond botocore's: a client whose budget of retries is used up asks again, after a longer pause.

botocore gives every client 500 tokens. A retry takes some, and a call that needed two or more gives back only a part; so
under steady throttling (30 % is enough) a few hundred calls use them up, and from then on the first refusal ends a call,
in the middle of a long loop. Source: botocore/retries/standard.py, RetryQuotaChecker. Attempts of one call still end
where the client's configuration says.
"""

from __future__ import annotations

from typing import Any, TypeVar

from .outages import passing_trouble

Client = TypeVar("Client")
PAUSE = 10.0  # seconds


def patient(client: Client, most_retries: int) -> Client:
    """The same client, whose calls are tried again so many times even when its budget is used up."""

    def ask_again(
        attempts: int, response: Any = None, caught_exception: Exception | None = None, **_: object
    ) -> float | None:
        if attempts > most_retries:
            return None
        if response is None:
            return PAUSE if caught_exception and passing_trouble(caught_exception) else None
        metadata = response[1].get("ResponseMetadata", {})
        return PAUSE if metadata.pop("RetryQuotaReached", False) else None

    # Last: botocore takes the first pause that it is told, so ours counts only where its own handler gave up.
    any_client: Any = client
    any_client.meta.events.register_last("needs-retry", ask_again, unique_id="workshop-patience")
    return client
