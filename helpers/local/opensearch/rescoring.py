"""How many neighbours are compared in full before the best k of them are kept: `rescore` in a k-NN query.

Sources: docs.opensearch.org, "Memory-optimized vectors", for the limits and for what `true` means; the k-NN plug-in's classes
RescoreContext and CompressionLevel for the factor where none is given, which is larger for short vectors than the page says.
Unconfirmed: the texts of its refusals (errors.py says what that means), and that an empty object means `true`. Versions after
3.5 may take other factors by default. `index.knn.disk.vector.shard_level_rescoring_disabled`, false on a new node, is not built.
"""

import math
from typing import Any

from .errors import illegal_argument, parsing, refuse_members
from .knn_field import VectorField

FACTOR, FACTOR_OF_SHORT_VECTORS, SHORT_VECTOR = 3.0, 5.0, 1000  # of 32x; a short vector has at most so many numbers
LEAST_FACTOR, MOST_FACTOR = 1.0, 100.0
LEAST_RESULTS, MOST_RESULTS = 100, 10_000


def first_pass(rescore: Any, k: int, field: VectorField) -> int | None:
    """How many neighbours the first phase finds; None if there is no second one.

    rescore : what the query says, None if it says nothing. Raises the 400 error of a factor that no node takes.
    """
    if rescore is False or (rescore is None and not field.on_disk):
        return None
    if rescore is None:
        factor = FACTOR_OF_SHORT_VECTORS if field.dimension <= SHORT_VECTOR else FACTOR
    elif rescore is True:
        factor = LEAST_FACTOR
    else:
        factor = _factor(rescore)
    return min(MOST_RESULTS, max(LEAST_RESULTS, math.ceil(k * factor)))


def _factor(rescore: Any) -> float:
    if not isinstance(rescore, dict):
        raise parsing(f"[knn] failed to parse field [rescore], found [{rescore}]")
    refuse_members(
        "a rescore",
        rescore,
        built={"oversample_factor"},
        refusal=lambda name: parsing(f"[rescore] unknown field [{name}]"),
    )
    factor = rescore.get("oversample_factor", LEAST_FACTOR)
    if isinstance(factor, bool) or not isinstance(factor, (int, float)):
        raise parsing("[rescore] failed to parse field [oversample_factor]")
    if not LEAST_FACTOR <= factor <= MOST_FACTOR:
        limit = f"less than [{LEAST_FACTOR}]" if factor < LEAST_FACTOR else f"more than [{MOST_FACTOR}]"
        raise illegal_argument(f"[knn] errors in rescore parameter: Oversample factor [{factor}] cannot be {limit}")
    return factor
