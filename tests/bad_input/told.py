"""What a reader may expect when the input is bad."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

HELPERS = Path(__file__).resolve().parents[2] / "helpers"


def refusal(call: Callable[[], object]) -> str | None:
    """The text of our own refusal, or None if the call succeeds. Fails for an error that is a library's, or a slip of ours."""
    try:
        call()
    except Exception as error:
        refused = error
    else:
        return None
    raised_in = Path(traceback.extract_tb(refused.__traceback__)[-1].filename)
    ours = type(refused).__module__.startswith("helpers.")
    plain = type(refused) is ValueError and raised_in.is_relative_to(HELPERS) and "local" not in raised_in.parts
    assert ours or plain, f"a reader would see {type(refused).__name__}: {refused}"
    assert len(str(refused)) > 20, f"{type(refused).__name__} says only: {refused}"
    return str(refused)
