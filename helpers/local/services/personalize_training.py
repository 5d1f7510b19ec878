"""From the interactions of a dataset group to a ranker and its offline metrics."""

from collections.abc import Mapping, Sequence

from ..engines.ranking import EVENT_WEIGHTS, Ranker, group_by_user, train
from ..engines.ranking_metrics import ranking_metrics
from ..store import Store
from .personalize_interactions import Interaction, Interactions, check_minimums
from .personalize_records import DATASET, Records


def training_interactions(store: Store, records: Records, version: Mapping) -> tuple[list[Interaction], int]:
    """(interactions to train on, oldest first; live events seen so far).

    Live events count as newer than what was imported and follow the order of their arrival, whatever moment
    their sender claims. Raises CreateFailed if there are too few.
    """
    [dataset] = records.all(DATASET, datasetGroupArn=version["datasetGroupArn"])
    source = Interactions(store, dataset)
    n_lines = source.n_lines()
    imported = sorted(source.imported(), key=lambda interaction: interaction.timestamp)
    event_type = version.get("eventType")
    wanted = [i for i in imported + source.recorded() if event_type in (None, i.event_type)]
    check_minimums(wanted, event_type)
    return wanted, n_lines


def train_ranker(interactions: Sequence[Interaction], config: Mapping) -> tuple[Ranker, dict[str, float]]:
    """(ranker, its metrics on held-out events).

    config : a solutionConfig; weights in its eventsConfig replace the ranker's own.
    """
    weights = {
        event["eventType"]: float(event["weight"])
        for event in config.get("eventsConfig", {}).get("eventParametersList", [])
        if "weight" in event and "eventType" in event
    }
    users, items, event_types, _ = zip(*interactions, strict=True)
    item_ids, histories = group_by_user(
        users, items, event_types, range(len(users)), weights or EVENT_WEIGHTS
    )
    ranker, trial = train(item_ids, histories, event_weights=weights or EVENT_WEIGHTS)
    metrics = ranking_metrics(trial, len(item_ids))
    return ranker, {name: round(value, 4) for name, value in metrics.items()}  # as AWS rounds them
