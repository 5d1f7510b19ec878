"""Checkpoints: one sentence that must now be true."""

from __future__ import annotations


class CheckFailed(AssertionError):
    """A checkpoint's sentence is not true; the message says what to run again."""


def check(condition: object, sentence: str, *, rerun: str = "the cells of this section") -> None:
    """Prints the sentence with a tick when it holds; raises CheckFailed, saying what to rerun, when it does not."""
    if not condition:
        raise CheckFailed(f"This should be true by now and is not: {sentence}. Run {rerun} again.")
    print(f"✓ {sentence}")
