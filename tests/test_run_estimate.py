"""The estimate of a run: prices × amounts of this catalogue and log, idle things first, every price with its source."""

from __future__ import annotations

import re

import pytest

from helpers.costs import estimate, idle_amounts, read_prices
from helpers.durations import minutes_of
from helpers.run_estimate import WAITS, estimate_run
from helpers.settings import read_settings
from helpers.workshop import connect


def table(folder, hours=3.0, **environment):
    settings = read_settings({"WORKSHOP_DATA": str(folder), **environment})
    return estimate_run(connect(announce=False, settings=settings), hours=hours)


def amounts(shown) -> dict[str, str]:
    return {row[0]: row[2] for row in shown.rows}


def test_what_bills_while_it_stands_idle_comes_first(tmp_path):
    shown = table(tmp_path)
    assert [row[0] for row in shown.rows[:2]] == ["campaign, used or not", "OpenSearch domain, used or not"]
    assert not (tmp_path / "offline").exists() or not list((tmp_path / "offline").rglob("*.json"))  # nothing was made


def test_the_sum_is_that_of_prices_and_amounts(tmp_path):
    fewest = sum(minutes_of(kind)[0] for kind in (*WAITS, "domain"))
    campaign = (5 - fewest / 60) * estimate(idle_amounts("campaign"))
    domain = 5 * estimate(idle_amounts("domain"))
    once = estimate({"titan_image": 3400, "titan_1k_tokens": 0.5, "personalize_v2_training_1k": 90.325, "ml_m5_large_hour": 0.5})
    shown = amounts(table(tmp_path, 5))
    assert float(shown["in all"][1:]) == pytest.approx(campaign + domain + once, abs=0.01)
    assert float(shown["campaign, used or not"][1:]) == pytest.approx(campaign, abs=0.006)
    assert float(shown["forgotten"][1:]) == pytest.approx(24 * (0.54 + estimate(idle_amounts("domain"))), abs=0.006)


def test_a_longer_stay_costs_more_and_a_stay_without_a_campaign_does_not_bill_one(tmp_path):
    assert float(amounts(table(tmp_path, 8))["in all"][1:]) > float(amounts(table(tmp_path, 3))["in all"][1:])
    assert amounts(table(tmp_path, 0.5))["campaign, used or not"] == "nothing"
    with pytest.raises(ValueError, match="more than 0"):
        table(tmp_path, 0)


def test_it_counts_the_reader_s_own_pictures_and_clicks(tmp_path):
    (tmp_path / "catalog.csv").write_text("image_id,file,title,subject,style,pose,color\na,a.png,A,s,t,p,c\n")
    (tmp_path / "interactions.csv").write_text("user_id,image_id,event_type,timestamp\nu,a,view,1\nu,a,view,2\n")
    how_much = {row[0]: row[1] for row in table(tmp_path).rows}
    assert (how_much["Titan: pictures"], how_much["Personalize: training"]) == ("1", "2 events")


def test_every_price_says_where_and_when_it_was_read(tmp_path):
    for row in table(tmp_path).rows[:-2]:
        assert row[3].startswith("$") and re.search(r"\d{1,2} [A-Z][a-z]{2} 20\d\d", row[4]), row
        assert "(unconfirmed)" in row[4] and not re.search(r"20\d\d-\d\d", row[4])
    assert not any(price.confirmed for price in read_prices().values()), "then the line above asks too much"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"WORKSHOP_OPENSEARCH": "serverless-classic"}, "Classic collection bills"),
        ({"WORKSHOP_OPENSEARCH": "serverless-nextgen"}, "NextGen bills while it is used"),
        ({"OPENSEARCH_URL": "http://localhost:9200"}, "own OpenSearch is not counted"),
    ],
)
def test_the_kind_of_opensearch_decides(tmp_path, environment, words):
    shown = table(tmp_path, **environment)
    assert words in shown.below[-1]
    assert any("OpenSearch" in row[0] for row in shown.rows) == ("OPENSEARCH_URL" not in environment)
