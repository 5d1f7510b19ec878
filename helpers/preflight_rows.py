"""One row of the pre-flight table, and how a look that is refused becomes one, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from .outages import SignInAgain, passing_trouble
from .settings import SettingsError
from .titan import EmbedError

OK, LOOK, STOP = "✓ ok", "! look", "✗ stop"


@dataclass(frozen=True)
class Row:
    """What was looked at, what was found, a verdict (OK, LOOK or STOP), and what to do unless it is OK."""

    looked_at: str
    found: str
    verdict: str = OK
    what_to_do: str = ""


def look_at(what: str, look: Callable[[], Row], or_else: str) -> Row:
    """The row that `look` finds, or one that says why it could not; or_else: what the reader can do then."""
    try:
        return look()
    except (ClientError, BotoCoreError, SignInAgain, SettingsError, EmbedError) as error:
        return Row(what, f"could not be looked up: {reason_of(error)}", LOOK, or_else)


def reason_of(error: Exception) -> str:
    """An error in a few words: AWS's code where there is one."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"]
    return passing_trouble(error) or (str(error) if isinstance(error, SettingsError | EmbedError) else type(error).__name__)
