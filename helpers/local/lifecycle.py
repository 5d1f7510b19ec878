"""Statuses that move one step for every describe call, as if time had passed.

A lifecycle is a tuple of steps; a step is what a record's members are while it lasts. A service creates a
record with the members of the first step, and a describe call does `record = advance(record, steps)` and
writes it back, so that a restarted kernel goes on where the last one stopped. Nothing looks at a clock.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

Step = Mapping[str, str]

PERSONALIZE_CREATE: tuple[Step, ...] = (
    {"status": "CREATE PENDING"},
    {"status": "CREATE IN_PROGRESS"},
    {"status": "ACTIVE"},
)
SAGEMAKER_TRAINING: tuple[Step, ...] = (
    {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Starting"},
    {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Downloading"},
    {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Training"},
    {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Uploading"},
    {"TrainingJobStatus": "Completed", "SecondaryStatus": "Completed"},
)


def advance(record: Mapping, steps: Sequence[Step]) -> dict:
    """A copy of `record`, one step further; unchanged if it is at the last step or at none of them."""
    for now, following in pairwise(steps):
        if _is_at(record, now):
            return {**record, **following}
    return dict(record)


def ending_with(steps: Sequence[Step], **members: str) -> tuple[Step, ...]:
    """The same steps with another end, for example `status="CREATE FAILED", failureReason="…"`."""
    return (*steps[:-1], members)


def is_finished(record: Mapping, steps: Sequence[Step]) -> bool:
    """Whether no further step awaits this record."""
    return not any(_is_at(record, step) for step in steps[:-1])


def _is_at(record: Mapping, step: Step) -> bool:
    return all(record.get(member) == value for member, value in step.items())
