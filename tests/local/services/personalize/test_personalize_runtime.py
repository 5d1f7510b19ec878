"""Rankings, through the genuine client: what AWS promises about them, and what the stand-in learns."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

EVEN, ODD = range(0, 40, 2), range(1, 40, 2)


def put(account, tracking_id, user, items, moment, kind="view"):
    for item in items:
        event = {"eventType": kind, "itemId": str(item), "sentAt": moment}
        account.events.put_events(trackingId=tracking_id, userId=user, sessionId="s", eventList=[event])


def test_scores_fall_sum_to_1_and_have_7_decimals(served):
    account, campaign, _ = served
    scores = [item["score"] for item in account.ranking(campaign, range(40))]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1, abs=1e-5)
    assert all(round(score, 7) == score for score in scores)


def test_scores_are_a_soft_max_so_the_ratio_of_two_does_not_depend_on_the_rest(served):
    account, campaign, _ = served

    def ratio(items):
        scores = {item["itemId"]: item["score"] for item in account.ranking(campaign, items)}
        return scores["2"] / scores["3"]

    assert ratio([2, 3]) == pytest.approx(ratio(range(40)), rel=1e-3)


def test_users_get_what_people_like_them_chose(served):
    account, campaign, _ = served
    for user in range(20):
        first = [int(item["itemId"]) % 2 for item in account.ranking(campaign, range(40), f"u{user}")[:10]]
        assert np.mean(np.array(first) == user % 2) >= 0.9


def test_unknown_items_come_last_without_a_score_and_do_not_change_the_others(served):
    account, campaign, _ = served
    ranking = account.ranking(campaign, ["new-1", *range(10), "new-2"])
    assert [item["itemId"] for item in ranking[-2:]] == ["new-1", "new-2"]
    assert all("score" not in item for item in ranking[-2:])
    assert ranking[:-2] == account.ranking(campaign, range(10))
    assert account.ranking(campaign, ["new-1"]) == [{"itemId": "new-1"}]


def test_an_unknown_user_gets_the_most_popular_items_first(served, click_log):
    account, campaign, _ = served
    items = [line.split(b",")[1].decode() for line in click_log().splitlines()[1:]]
    counts = {item: items.count(item) for item in set(items)}
    ranking = [counts[item["itemId"]] for item in account.ranking(campaign, range(40), "nobody")]
    assert ranking == sorted(counts.values(), reverse=True)


def test_an_item_given_twice_is_ranked_once(served):
    account, campaign, _ = served
    assert account.ranking(campaign, [3, 4, 3, 3]) == account.ranking(campaign, [3, 4])


@pytest.mark.parametrize("n_items", [0, 501])
def test_1_to_500_items_can_be_ranked(served, n_items):
    account, campaign, _ = served
    with pytest.raises(account.runtime.exceptions.InvalidInputException, match="1 to 500") as caught:
        account.ranking(campaign, range(n_items))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(account.ranking(campaign, range(500))) == 500


def test_an_unknown_campaign_is_not_found(served):
    account, campaign, _ = served
    with pytest.raises(account.runtime.exceptions.ResourceNotFoundException) as caught:
        account.ranking(campaign + "-2", [1])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize(("user", "reason"), [("", "must not be empty"), ("u" * 257, "less than or equal to 256")])
def test_ids_that_are_empty_or_too_long_are_refused(served, user, reason):
    account, campaign, _ = served
    with pytest.raises(account.runtime.exceptions.InvalidInputException, match=reason):
        account.ranking(campaign, [1], user)


def test_five_events_turn_a_ranking_whatever_their_senders_clock_says(served, moment):
    account, campaign, tracking_id = served
    probe = [30, 31, 32, 33, 34, 35]

    def odd_share():
        return sum(i.get("score", 0) for i in account.ranking(campaign, probe, "u8") if int(i["itemId"]) % 2)

    before = odd_share()
    put(account, tracking_id, "u8", [1, 3, 5, 7, 9], moment.replace(year=1970))
    assert odd_share() > 1.5 * before


def test_every_event_counts_in_the_next_ranking_and_a_download_more_than_a_view(served, moment):
    account, campaign, tracking_id = served

    def score_of_7(user):
        return next(
            item["score"] for item in account.ranking(campaign, range(40), user) if item["itemId"] == "7"
        )

    scores = {}
    for kind in ("view", "favorite", "download"):
        unseen = score_of_7(f"visitor-{kind}")
        put(account, tracking_id, f"visitor-{kind}", [7], moment, kind)
        scores[kind] = score_of_7(f"visitor-{kind}")
        assert scores[kind] > unseen
    assert scores["view"] < scores["favorite"] < scores["download"]


def test_a_visitor_without_a_user_id_goes_by_the_session(served, moment):
    account, campaign, tracking_id = served
    event = {"eventType": "view", "itemId": "9", "sentAt": moment}
    before = account.ranking(campaign, range(40), "session-9")
    account.events.put_events(trackingId=tracking_id, sessionId="session-9", eventList=[event] * 3)
    assert account.ranking(campaign, range(40), "session-9") != before


def test_unknown_items_and_users_in_events_change_nothing_for_others(served, moment):
    account, campaign, tracking_id = served
    before = account.ranking(campaign, range(40), "u2")
    put(account, tracking_id, "u2", ["never-seen"], moment)
    put(account, tracking_id, "somebody-else", [1, 3], moment)
    assert account.ranking(campaign, range(40), "u2") == before


def test_training_learns_live_events_once(account, moment):
    group, solution, _, campaign = account.deployed()
    tracking_id = account.tracker(group)
    put(account, tracking_id, "u0", [1, 3, 5], moment)
    live = account.ranking(campaign, EVEN)
    retrained = account.campaign(account.version(solution), "retrained")
    assert account.ranking(campaign, EVEN) == live
    trained = {item["itemId"]: item["score"] for item in account.ranking(retrained, range(40))}
    known = {item["itemId"]: item["score"] for item in account.ranking(campaign, range(40))}
    # Counted twice, three events more would move these scores far; counted once, only the model around them changes.
    assert all(abs(np.log(trained[item] / known[item])) < 0.5 for item in ("1", "3", "5"))


def test_another_process_sees_events_and_ranks_the_same(served, moment):
    account, campaign, tracking_id = served
    put(account, tracking_id, "u10", [1, 3, 5], moment)
    script = (
        "import sys; from pathlib import Path; from helpers.local.cloud import LocalCloud;"
        "cloud = LocalCloud(Path(sys.argv[1]), weights=Path());"
        "runtime = cloud.session.client('personalize-runtime');"
        "items = [str(i) for i in range(40)];"
        "answer = runtime.get_personalized_ranking(campaignArn=sys.argv[2], userId='u10', inputList=items);"
        "print(answer['personalizedRanking'])"
    )
    command = [sys.executable, "-c", script, str(account.cloud.root), campaign]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ}, cwd=os.getcwd()
    )
    assert done.stdout.strip() == str(account.ranking(campaign, range(40), "u10"))


def test_a_warm_ranking_of_250_items_is_fast(served):
    account, campaign, _ = served
    account.ranking(campaign, range(250))
    spent = []
    for _ in range(20):
        started = time.perf_counter()
        account.ranking(campaign, range(250))
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.010  # about 3 ms where nothing else runs
