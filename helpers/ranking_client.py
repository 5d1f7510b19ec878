"""Talk to a deployed ranking campaign: ask for a user's order of clusters, and tell it what the user just
did.

Only boto3 clients and the standard library, so that the Lambda of notebook 09 can carry this file as it is.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

MOST_CLUSTERS = 500  # per request; Personalize's own limit
# unconfirmed: what Personalize does with one cluster twice in a request, so each is sent once; and whether a cluster that it
# never saw comes back with a score of 0 or with none, so callers take both alike.
LONGEST_ID = 256  # characters of the id of a user, a session or an item


class RankingError(ValueError):
    """What Personalize could not use; the message names it and says what to do."""


def rank_clusters(
    personalize_runtime: Any, campaign_arn: str | None, user_id: str, clusters: Iterable[str]
) -> dict[str, float | None]:
    """The score of every distinct cluster for this user, best first; None for a cluster that the model never
    saw.

    Scores are a soft-max over the request: they sum to 1, so they shrink as the list grows and must not be
    compared across requests. That is also why a long list cannot be cut into several requests.
    Raises RankingError for more than 500 distinct clusters, without a campaign, or for an id that is none.
    Source: Amazon Personalize, GetPersonalizedRanking.
    """
    distinct = list(dict.fromkeys(_check_id("cluster", cluster) for cluster in clusters))
    _check_id("user_id", user_id)
    if not distinct:
        return {}
    if not campaign_arn:
        raise RankingError("There is no campaign to ask; run notebook 05 (train and deploy the ranker) first.")
    if len(distinct) > MOST_CLUSTERS:
        raise RankingError(
            f"{len(distinct)} different clusters, but Personalize ranks at most {MOST_CLUSTERS} in one "
            "request; ask for fewer candidates."
        )
    answer = personalize_runtime.get_personalized_ranking(
        campaignArn=campaign_arn, userId=user_id, inputList=distinct
    )
    scores = {item["itemId"]: item.get("score") for item in answer["personalizedRanking"]}
    return scores | {cluster: None for cluster in distinct if cluster not in scores}


def record_event(
    personalize_events: Any,
    tracking_id: str,
    user_id: str,
    session_id: str,
    cluster: str,
    event_type: str,
    sent_at: datetime | None = None,
) -> None:
    """Nothing; tells Personalize that the user viewed, favorited or downloaded a picture of this cluster.

    sent_at: when it happened (default: now). Offline the next ranking knows it; AWS takes some seconds.
    Raises RankingError for an id, an event type or a time that is none.
    Source: Amazon Personalize, PutEvents.
    """
    ids = {"tracking_id": tracking_id, "user_id": user_id, "session_id": session_id, "cluster": cluster, "event_type": event_type}
    for name, value in ids.items():
        _check_id(name, value)
    if not isinstance(sent_at, datetime | None):
        raise RankingError(f"sent_at is {sent_at!r:.40}; give a datetime, or None for now.")
    event = {"eventType": event_type, "itemId": cluster, "sentAt": sent_at or datetime.now(UTC)}
    personalize_events.put_events(
        trackingId=tracking_id, userId=user_id, sessionId=session_id, eventList=[event]
    )


def _check_id(name: str, value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_ID or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise RankingError(f"{name} is {value!a:.40}; give a string of 1 to {LONGEST_ID} characters.")
    return value
