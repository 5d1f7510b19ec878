"""Costs come from one table of prices, each with its source."""

from __future__ import annotations

import pytest

from helpers.costs import estimate, plan_of, read_prices


def test_an_estimate_is_the_sum_of_amounts_times_prices():
    prices = read_prices()
    expected = 2000 * prices["titan_image"].dollars + 2 * prices["personalize_v2_campaign_hour"].dollars
    assert estimate({"titan_image": 2000, "personalize_v2_campaign_hour": 2}) == pytest.approx(expected)


def test_every_price_says_where_and_when_it_was_read():
    for name, price in read_prices().items():
        assert price.dollars > 0 and price.unit and price.source and price.read_on, name


@pytest.mark.parametrize("notebook", ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "99"])
def test_every_notebook_has_a_plan(notebook):
    plan = plan_of(notebook)
    assert plan.offline and plan.aws and plan.keeps_billing


def test_charges_are_said_in_words():
    assert plan_of("00").charges == "nothing"
    assert plan_of("06").charges == "under $0.01"
    assert plan_of("05").charges.startswith("about $")


def test_an_unknown_price_is_an_error():
    with pytest.raises(KeyError):
        estimate({"unicorns": 1})
