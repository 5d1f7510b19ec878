"""The table of bars: every bar has a value, and a missed one says no."""

import pytest

from seeds.titan_offline.table import BARS, reached, rows, table


def full(**values):
    report: dict = {}
    for name, bar in BARS.items():
        part = report
        for key in bar.place[:-1]:
            part = part.setdefault(key, {})
        part[bar.place[-1]] = values.get(name, bar.limit)
    return report


def test_a_report_at_every_limit_reaches_every_bar():
    found = rows(full())
    assert set(found) == set(BARS)
    assert all(reached(bar, [found[name]]) for name, bar in BARS.items())
    assert "| no |" not in table([found])


@pytest.mark.parametrize("name", BARS)
def test_a_value_beyond_its_limit_misses_the_bar(name):
    wrong = BARS[name].limit + (-0.01 if BARS[name].higher else 0.01)
    missed = rows(full(**{name: wrong}))
    assert [row for row in BARS if not reached(BARS[row], [missed[row]])] == [name]
    assert table([missed]).count("| no |") == 1


def test_one_bad_run_counts_where_the_bar_is_for_the_worst_and_is_averaged_elsewhere():
    assert not reached(BARS["precision_worst_unseen_pair"], [1.0, 1.0, 0.5])
    assert reached(BARS["precision_unseen_pairs"], [1.0, 1.0, 0.95])


def test_cosines_of_unrelated_texts_count_by_their_distance_from_zero():
    assert rows(full(cosine_unrelated=-0.2))["cosine_unrelated"] == 0.2


def test_an_encoder_of_all_pairs_has_no_row_for_pairs_never_trained():
    found = rows({"megabytes": 5.5})
    assert found == {"megabytes": 5.5}
    assert table([], found).count("5.500") == 1
