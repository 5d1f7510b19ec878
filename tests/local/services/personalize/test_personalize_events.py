"""put_events, through the genuine client: what is kept, what is refused."""

import json

import pytest


@pytest.fixture
def tracked(account):
    return account, account.tracker(account.group())


def event(moment, **members):
    return {"eventType": "view", "itemId": "7", "sentAt": moment, **members}


def test_events_are_json_lines_in_the_order_of_arrival(tracked, moment):
    account, tracking_id = tracked
    sent = [event(moment, itemId=str(n), eventValue=0.5, recommendationId="RID-1") for n in range(10)]
    account.events.put_events(trackingId=tracking_id, userId="ann", sessionId="s", eventList=sent)
    [file] = (account.cloud.root / "personalize" / "events").glob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["itemId"] for line in lines] == [str(n) for n in range(10)]
    assert len({line["eventId"] for line in lines}) == 10
    assert lines[0]["userId"] == "ann" and lines[0]["sentAt"].startswith("2001-02-03")


def test_an_unknown_tracking_id_is_refused_and_unknown_items_are_not(tracked, moment):
    account, tracking_id = tracked
    with pytest.raises(account.events.exceptions.InvalidInputException, match="no event tracker"):
        account.events.put_events(trackingId="other", sessionId="s", eventList=[event(moment)])
    account.events.put_events(
        trackingId=tracking_id, sessionId="s", eventList=[event(moment, itemId="no such item")]
    )


@pytest.mark.parametrize(
    "change",
    [
        {"eventList": []},
        {"eventList": 11},
        {"userId": "u" * 257},
        {"sessionId": "s" * 257},
        {"event": {"itemId": "i" * 257}},
        {"event": {"eventType": "e" * 257}},
        {"event": {"recommendationId": "r" * 41}},
        {"event": {"properties": "x"}},
        {"event": {"impression": ["1"] * 26}},
    ],
    ids=str,
)
def test_what_is_too_long_or_too_many_is_refused_and_nothing_is_kept(tracked, moment, change):
    account, tracking_id = tracked
    events = [event(moment), event(moment, **change.pop("event", {}))]
    n_events = change.pop("eventList", events)
    events = [event(moment)] * n_events if isinstance(n_events, int) else n_events
    request = {"trackingId": tracking_id, "userId": "ann", "sessionId": "s", "eventList": events, **change}
    from botocore.exceptions import ParamValidationError

    with pytest.raises((account.events.exceptions.InvalidInputException, ParamValidationError)):
        account.events.put_events(**request)
    assert not list((account.cloud.root / "personalize").rglob("*.jsonl"))


def test_a_tracker_takes_events_only_while_it_is_active(account, moment):
    answer = account.personalize.create_event_tracker(name="t", datasetGroupArn=account.group())
    with pytest.raises(account.events.exceptions.InvalidInputException, match="must be ACTIVE"):
        account.events.put_events(trackingId=answer["trackingId"], sessionId="s", eventList=[event(moment)])


def test_events_go_with_their_dataset_group(account, moment):
    group = account.group()
    tracking_id = account.tracker(group)
    account.events.put_events(trackingId=tracking_id, sessionId="s", eventList=[event(moment)])
    [tracker] = account.personalize.list_event_trackers()["eventTrackers"]
    account.personalize.delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
    while account.personalize.list_event_trackers()["eventTrackers"]:
        pass
    account.personalize.delete_dataset_group(datasetGroupArn=group)
    while account.personalize.list_dataset_groups()["datasetGroups"]:
        pass
    assert not list((account.cloud.root / "personalize").rglob("*.*"))
