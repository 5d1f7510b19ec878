"""Score fusion: one order out of two opinions, how well a picture fits the query and how well the user.

The two scores have unrelated scales. OpenSearch's lie close together between 0 and 1; Personalize's are a
soft-max, so they sum to 1 over the request and most of them are tiny. The logarithm of a soft-max score is
the ranking model's own utility (up to a constant), and it spreads as evenly as the search score does. So we
take that logarithm, stretch both to 0…1 within the query (min-max) and take their weighted mean.

Plain Python, no imports beyond the standard library: the same file travels into the Lambda of notebook 09.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

DEFAULT_WEIGHT = 0.6  # of taste; more finds more of the right style and, from 0.65 on, wrong subjects (make measure)
LOWEST_TASTE = 1e-7  # Personalize rounds its scores to 7 decimals; below this nothing is known


@dataclass(frozen=True, slots=True)
class Fused:
    """One candidate after fusion.

    index: its place in the lists given to `fuse`. score: the weighted mean, 0–1.
    search, taste: the two normalised parts of that mean, 0–1.
    """

    index: int
    score: float
    search: float
    taste: float


def fuse(
    search_scores: Sequence[float], taste_scores: Sequence[float | None], weight: float = DEFAULT_WEIGHT
) -> list[Fused]:
    """All candidates, best first: `(1 − weight) · search + weight · taste`, both normalised.

    search_scores: OpenSearch's scores, in OpenSearch's order. taste_scores: for each candidate, Personalize's
    score of its cluster; None or 0 where Personalize knows none, which counts as the lowest score that it
    does know.
    weight: 0 keeps OpenSearch's order, 1 follows taste alone. Equal scores keep OpenSearch's order, so the
    pictures of one cluster never change places among themselves at weight 1.
    Raises ValueError for a weight outside 0–1, lists of different lengths, or a score that is no number.
    """
    if not 0 <= weight <= 1:  # also true for NaN
        raise ValueError(f"weight is {weight}; choose a number from 0 (search only) to 1 (taste only)")
    if len(search_scores) != len(taste_scores):
        raise ValueError(
            f"{len(search_scores)} search scores but {len(taste_scores)} taste scores; give one of each per "
            "candidate, and None where there is no taste score"
        )
    searches = normalize(search_scores)
    tastes = normalize(_log_scores(taste_scores))
    fused = [
        Fused(index, (1 - weight) * search + weight * taste, search, taste)
        for index, (search, taste) in enumerate(zip(searches, tastes, strict=True))
    ]
    return sorted(fused, key=lambda candidate: -candidate.score)  # sorted() is stable: ties stay as they came


def normalize(scores: Sequence[float]) -> list[float]:
    """The scores stretched to 0…1 (min-max); 0.5 for all of them when they are all equal.

    Raises ValueError if one of them is NaN or infinite.
    """
    for place, score in enumerate(scores):
        _refuse_unless(isinstance(score, Real) and math.isfinite(score), place, score)
    if not scores:
        return []
    lowest, highest = min(scores), max(scores)
    if lowest == highest:
        return [0.5] * len(scores)
    # Halves, because the distance of the two largest numbers is more than the largest number.
    return [(score / 2 - lowest / 2) / (highest / 2 - lowest / 2) for score in scores]


def _refuse_unless(good: bool, place: int, score: object) -> None:
    if not good:
        raise ValueError(f"score number {place} is {score!r}; drop this candidate before fusing the others")


def _log_scores(scores: Sequence[float | None]) -> list[float]:
    for place, score in enumerate(scores):
        _refuse_unless(score is None or isinstance(score, Real), place, score)
    known = [math.log(max(score, LOWEST_TASTE)) for score in scores if score]
    lowest = min(known, default=math.log(LOWEST_TASTE))
    return [math.log(max(score, LOWEST_TASTE)) if score else lowest for score in scores]
