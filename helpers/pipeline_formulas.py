"""The orders that OpenSearch's own processors publish, in plain Python: rivals to measure `fuse` against.

Scores are rounded to 32-bit floats where OpenSearch holds them in such, so near-ties fall as they fall there.
"""

import math
import struct
from collections.abc import Sequence

from .fusion import Fused

FLOOR = 0.001  # what the normalization processor makes of a lowest score


def plugin_order(clusters: Sequence[str], ranking: Sequence[str], weight: float, *, missing_first: bool = False) -> list[Fused]:
    """All candidates in the plug-in's order: `(1 − weight) / log2(1 + place found) + weight / log2(1 + place liked)`.

    Places count from 1. Both scores are thrown away: the first place is worth 1, the second 0.63, the tenth 0.29.

    clusters: of the candidates, in OpenSearch's order. ranking: Personalize's clusters, best first; pictures of one
    cluster share its place. (The plug-in sends a cluster once for every picture. AWS does not say whether its answer then
    repeats it; if so, later clusters stand further down than here.)
    missing_first: a cluster that the ranking lacks gets no liking, and so comes last among equals. The published code
    divides by log2(1) = 0 there and puts it first; True does the same. Personalize lists clusters that it never saw at
    the end, so a ranking lacks one only when a filter took it out.

    Source: github.com/opensearch-project/search-processor, AmazonPersonalizedRankerImpl (commit 1adb130).
    """
    places = {cluster: place for place, cluster in reversed(list(enumerate(ranking, 1)))}
    fused = []
    for index, cluster in enumerate(clusters):
        found, place = 1 / math.log2(index + 2), places.get(cluster)
        liked = 1 / math.log2(place + 1) if place else math.inf if missing_first else 0.0
        score = _float((1 - weight) * found + weight * liked) if weight else found
        fused.append(Fused(index, score, found, liked))
    return sorted(fused, key=lambda candidate: -candidate.score)  # stable, as the plug-in's own sort


def normalization_scores(
    sub_queries: Sequence[Sequence[float | None]],
    weights: Sequence[float],
    lower_bounds: Sequence[float] | None = None,
) -> list[float]:
    """Each document's final score by min-max and weighted arithmetic mean.

    sub_queries: for each sub-query its score of every document, all above 0; None where it did not return the document,
    which counts as 0. lower_bounds: one for each sub-query, of mode "apply".
    All scores equal gives 1 for each; a score at the bottom of the scale gives 0.001.

    Source: github.com/opensearch-project/neural-search, MinMaxScoreNormalizationTechnique (commit c0337dc), LowerBound
    (53d0050), ScoreCombiner (10b5646) and ArithmeticMeanScoreCombinationTechnique (b0b185d).
    """
    bounds: Sequence[float | None] = lower_bounds or [None] * len(sub_queries)
    columns = [_min_max(scores, bound) for scores, bound in zip(sub_queries, bounds, strict=True)]
    weights = [_float(weight) for weight in weights]
    finals = []
    for row in zip(*columns, strict=True):
        total = summed = 0.0
        for score, weight in zip(row, weights, strict=True):
            total = _float(total + _float(score * weight))
            summed = _float(summed + weight)
        finals.append(_float(total / summed) if summed else 0.0)
    return finals


def _min_max(scores: Sequence[float | None], bound: float | None) -> list[float]:
    known = [_float(score) for score in scores if score is not None]
    lowest, highest = min(known, default=0.0), max(known, default=0.0)

    def normal(score: float) -> float:
        if lowest == highest:
            return 1.0
        bottom = _float(bound) if bound is not None and score > bound and highest > bound else lowest
        return _float(_float(score - bottom) / _float(highest - bottom)) or _float(FLOOR)

    return [0.0 if score is None else normal(_float(score)) for score in scores]


def _float(number: float) -> float:
    return struct.unpack("f", struct.pack("f", number))[0]
