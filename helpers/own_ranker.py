"""A ranker for a library of one's own, under names of its own beside the workshop's: one call from events to campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from . import ranker
from .catalog import SEEDS
from .interactions import InteractionsError, check_minimums, upload_interactions

if TYPE_CHECKING:
    from .workshop import Workshop


def add_events(aws: Workshop, events: pd.DataFrame, *, mode: str = "FULL") -> str:
    """The ARN of the import of these events (a table of `remap_to_clusters`), finished.

    mode: "FULL" puts them in place of all that was imported before, "INCREMENTAL" adds them. What has been imported counts
    from the next training on.
    """
    personalize, pause = aws.client("personalize"), aws.poll_seconds
    group = ranker.create_dataset_group(personalize, aws.name("own-group"), poll_seconds=pause)
    schema = (SEEDS / "interactions_schema.json").read_text(encoding="utf-8")
    dataset = ranker.create_interactions_dataset(personalize, aws.name("own-interactions"), group, schema, poll_seconds=pause)
    uri = upload_interactions(events, aws.client("s3"), aws.bucket, f"{aws.prefix}/own/interactions")
    return ranker.import_interactions(
        personalize, aws.name("own-import"), dataset, uri, aws.personalize_role_arn, mode=mode, poll_seconds=pause
    )


def train_own_ranker(aws: Workshop, events: pd.DataFrame) -> str | None:
    """The ARN of the campaign that serves a ranker trained on these events alone; None when they are too few.

    It prints why, in that case: search works without, the same for everybody. On AWS it takes as long as notebook 05.
    """
    try:
        check_minimums(events)
    except InteractionsError as error:
        print(f"No ranker: {error}")
        return None
    personalize, pause = aws.client("personalize"), aws.poll_seconds
    imported = add_events(aws, events)
    group = ranker.create_dataset_group(personalize, aws.name("own-group"), poll_seconds=pause)
    solution = ranker.create_solution(personalize, aws.name("own-ranker"), group, poll_seconds=pause)
    version = ranker.train_solution_version(personalize, solution, imported, poll_seconds=pause)
    return ranker.deploy_campaign(personalize, aws.name("own-campaign"), version, poll_seconds=pause)
