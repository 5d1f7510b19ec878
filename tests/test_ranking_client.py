"""helpers/ranking_client.py against botocore's own stub, which checks what is sent."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import ANY, Stubber

from helpers.ranking_client import rank_clusters, record_event

CAMPAIGN = "arn:aws:personalize:us-east-1:000000000000:campaign/workshop"


@pytest.fixture
def client():
    def make(service):
        session = boto3.Session("key", "secret", region_name="us-east-1")
        return session.client(service)

    return make


def test_each_cluster_is_sent_once_and_a_missing_score_is_none(client):
    runtime = client("personalize-runtime")
    answer = {
        "personalizedRanking": [
            {"itemId": "7", "score": 0.75},
            {"itemId": "3", "score": 0.25},
            {"itemId": "9"},
        ]
    }
    request = {"campaignArn": CAMPAIGN, "userId": "ann", "inputList": ["3", "7", "9"]}
    with Stubber(runtime) as stub:
        stub.add_response("get_personalized_ranking", answer, request)
        scores = rank_clusters(runtime, CAMPAIGN, "ann", ["3", "7", "3", "9", "7"])
    assert scores == {"7": 0.75, "3": 0.25, "9": None}
    assert list(scores) == ["7", "3", "9"]


def test_no_clusters_make_no_call():
    assert rank_clusters(None, CAMPAIGN, "ann", []) == {}


def test_more_than_500_clusters_are_refused_before_the_call():
    with pytest.raises(ValueError, match=r"501 .* fewer candidates"):
        rank_clusters(None, CAMPAIGN, "ann", map(str, range(501)))


def test_without_a_campaign_the_error_names_the_notebook():
    with pytest.raises(ValueError, match="notebook 05"):
        rank_clusters(None, None, "ann", ["1"])


def test_an_event_is_sent_with_its_moment_or_with_now(client):
    events = client("personalize-events")
    moment = datetime(2001, 2, 3, tzinfo=UTC)
    common = {"trackingId": "t", "userId": "ann", "sessionId": "s"}
    with Stubber(events) as stub:
        for sent_at in (moment, ANY):
            event = {"eventType": "favorite", "itemId": "7", "sentAt": sent_at}
            stub.add_response("put_events", {}, {**common, "eventList": [event]})
        record_event(events, "t", "ann", "s", "7", "favorite", moment)
        record_event(events, "t", "ann", "s", "7", "favorite")
        stub.assert_no_pending_responses()
