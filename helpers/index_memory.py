"""How much memory a vector index takes, and which OpenSearch domain holds it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .costs import read_prices
from .titan import DEFAULT_DIMENSION

COMPRESSION_LEVELS = (1, 2, 4, 8, 16, 32)
HOURS_A_MONTH = 730
GIB = 2**30
SMALLEST = "t3.small.search"
_MOST_HEAP = 32  # GiB
# Instance type: its memory in GiB, and its price in seeds/prices.toml. unconfirmed: the memory was read where the price was.
_NODES = {
    SMALLEST: (2, "opensearch_t3_small_hour"),
    "r6g.large.search": (16, "opensearch_r6g_large_hour"),
    "r6g.4xlarge.search": (128, "opensearch_r6g_4xlarge_hour"),
}


@dataclass(frozen=True)
class Domain:
    """Data nodes of one type, without replicas; dollars are for a month of 730 hours, without disks."""

    instance_type: str
    nodes: int
    dollars: float


def index_memory(n_vectors: float, *, dimension: int = DEFAULT_DIMENSION, m: int = 16, compression: int = 1) -> float:
    """Bytes of memory that an HNSW graph over the vectors takes: 1.1 · (4·d / compression + 8·m) · n.

    compression : the mapping's `compression_level` without its x. 1 keeps float32 (`in_memory`, the default); 8, 16 and
        32 keep four, two bits or one bit a number (32 is what `mode: on_disk` takes). It shrinks the vectors and leaves
        the links. On disk the full vectors stay, to score the best candidates again.
    Raises ValueError for a level that OpenSearch does not know.
    Source: docs.opensearch.org, "Methods and engines", memory estimation; "Binary quantization".
    """
    if compression not in COMPRESSION_LEVELS:
        raise ValueError(f"compression is {compression}; OpenSearch knows the levels {', '.join(map(str, COMPRESSION_LEVELS))}")
    return 1.1 * (4 * dimension / compression + 8 * m) * n_vectors


def graph_memory_of_node(gib: float) -> float:
    """GiB of a data node's memory that k-NN graphs may fill: half of what the Java heap leaves.

    The heap takes half of the memory, up to 32 GiB. Beyond the limit OpenSearch evicts graphs and searches turn slow.
    Source: docs.opensearch.org, "Vector search settings", knn.memory.circuit_breaker.limit = 50 %. unconfirmed: the heap.
    """
    return 0.5 * (gib - min(gib / 2, _MOST_HEAP))


def cheapest_domain(memory: float) -> Domain:
    """The domain of equal nodes that holds graphs of so many bytes for the fewest dollars a month."""
    prices = read_prices()
    choices = []
    for instance_type, (gib, price) in _NODES.items():
        nodes = max(1, math.ceil(memory / GIB / graph_memory_of_node(gib)))
        choices.append(Domain(instance_type, nodes, nodes * prices[price].dollars * HOURS_A_MONTH))
    return min(choices, key=lambda domain: domain.dollars)
