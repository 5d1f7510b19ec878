"""Documents as an index takes them, checked before anything is sent: a load stops at the first that can't be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

LONGEST_ID = 512  # bytes; OpenSearch's own limit


class BadDocument(ValueError):
    """A document that no index takes; the message names it and says what to do."""


def source_of(document: Mapping[str, Any], vector_field: str) -> dict[str, Any]:
    """What is sent of a document: its cluster as a string, its vector as plain numbers. Raises BadDocument."""
    try:
        source = dict(document)
        name = source["image_id"]
        if not isinstance(name, str | int | np.integer) or not 0 < len(str(name).encode()) <= LONGEST_ID:
            raise ValueError(f"image_id is {name!r:.40}")
        source["image_id"] = str(name)
        if not isinstance(source.get("cluster", ""), str):
            source["cluster"] = _whole(source["cluster"])
        for text in (source.get("cluster"), source.get("title")):
            str(text or "").encode()  # half a character can't be sent
        if source.get(vector_field) is not None:
            source[vector_field] = _as_numbers(source[vector_field])
        return source
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        problem = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise BadDocument(
            f"This document can't be indexed: {ascii(document)[:80]} … ({problem}). Each needs an image_id of 1 to {LONGEST_ID} "
            "bytes, texts as cluster and title, and as vector a list of finite numbers. Correct it, then run this cell again."
        ) from error


def _whole(cluster: Any) -> str:
    """A cluster read from a table may have become 7.0."""
    if int(cluster) != cluster:
        raise ValueError(f"cluster is {cluster!r:.40}")
    return str(int(cluster))


def _as_numbers(vector: Any) -> list[float]:
    numbers = np.asarray(vector, dtype=np.float64)
    if numbers.ndim != 1 or not (np.abs(numbers) <= np.finfo(np.float32).max).all():  # also false for NaN
        raise ValueError("its vector is no list of finite numbers")
    # Nine decimals of a unit vector hold all that a float32 keeps, in half the bytes.
    return np.round(numbers, 9).tolist()
