"""Memory of an index, against sums done by hand."""

from __future__ import annotations

import pytest

from helpers.costs import read_prices
from helpers.index_memory import COMPRESSION_LEVELS, cheapest_domain, graph_memory_of_node, index_memory


def test_two_thousand_vectors_take_nine_megabytes():
    assert index_memory(2000) == pytest.approx(1.1 * (4096 + 128) * 2000)
    assert round(index_memory(2000) / 1e6, 1) == 9.3


def test_compression_shrinks_the_vectors_and_leaves_the_links():
    for level in COMPRESSION_LEVELS:
        links = index_memory(1, dimension=0)
        assert (index_memory(1, compression=level) - links) * level == pytest.approx(index_memory(1) - links)
    assert index_memory(1, compression=32) == pytest.approx(1.1 * (1024 / 8 + 8 * 16))


def test_a_level_that_opensearch_does_not_know_is_an_error():
    with pytest.raises(ValueError, match="1, 2, 4, 8, 16, 32"):
        index_memory(1, compression=3)


def test_graphs_get_half_of_what_the_heap_leaves():
    assert graph_memory_of_node(100) == 34  # OpenSearch's own example: a heap of 32, half of the other 68
    assert graph_memory_of_node(16) == 4


def test_a_domain_holds_what_it_is_asked_to_hold():
    hour = {name: price.dollars for name, price in read_prices().items()}
    small = cheapest_domain(index_memory(3400))
    assert (small.instance_type, small.nodes) == ("t3.small.search", 1)
    assert small.dollars == pytest.approx(hour["opensearch_t3_small_hour"] * 730)
    middle, large = cheapest_domain(3 * 2**30), cheapest_domain(40 * 2**30)
    assert (middle.instance_type, middle.nodes) == ("r6g.large.search", 1)
    assert (large.instance_type, large.nodes) == ("r6g.4xlarge.search", 1)
    assert cheapest_domain(49 * 2**30).nodes > 1
