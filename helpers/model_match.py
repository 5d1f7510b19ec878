"""Vectors of two models must not meet: an index says whose vectors it holds, and everyone who comes near it is checked.

Standard library and opensearch-py only, so that a search can travel into a Lambda.
"""

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from opensearchpy import NotFoundError

from .embedder import UNLABELLED, Embedder, space_of

_SEEN: WeakKeyDictionary[Any, set[tuple[str, str]]] = WeakKeyDictionary()  # by client: (index, space) that fit


class ModelMismatch(RuntimeError):
    """An index holds another model's vectors; the message names both models and says what to do."""


def index_meta(embedder: Embedder) -> dict[str, Any]:
    """What goes into the mapping's `_meta`: {"embedder": {"model": …, "dimension": …}}.

    Source: docs.opensearch.org/latest/mappings/metadata-fields/meta.
    unconfirmed: whether OpenSearch Serverless keeps `_meta`; without it an index counts as unlabelled.
    """
    return {"embedder": {"model": embedder.model, "dimension": embedder.dimension}}


def check_model(opensearch_client: Any, index_name: str, embedder: Embedder) -> bool:
    """True when the index holds this model's vectors, False when there is no such index.

    An index without a label was made when the workshop knew Titan only, so it counts as Titan's.
    Raises ModelMismatch when it holds those of another model or dimension.
    """
    try:
        answer: Mapping[str, Any] = opensearch_client.indices.get_mapping(index=index_name)
    except NotFoundError:
        return False
    wanted = space_of(embedder.model, embedder.dimension)
    for index in answer.values():  # an alias may stand for several
        label = index["mappings"].get("_meta", {}).get("embedder")
        found = space_of(label["model"], label["dimension"]) if label else UNLABELLED
        if found != wanted:
            whose = f"vectors of {found}" if label else f"vectors without a label, which only {found} ever made"
            raise ModelMismatch(
                f"The index {index_name!r} holds {whose}, but the model in use is {wanted}; their vectors can't be compared. "
                "Next step: set WORKSHOP_EMBEDDER back, or choose another WORKSHOP_PREFIX, or delete the index with "
                f"aws.opensearch.indices.delete(index={index_name!r}); then run notebooks 01 to 03 again."
            )
    return True


def check_model_once(opensearch_client: Any, index_name: str, embedder: Embedder) -> None:
    """Nothing; the same check, but for each client, index and model only until it has passed.

    Searches call this, and must not ask twice each. An index that is replaced while a client lives is not looked at again.
    Raises ModelMismatch as `check_model` does; an index that is missing is left for the search to report.
    """
    seen = _SEEN.setdefault(opensearch_client, set())
    key = (index_name, space_of(embedder.model, embedder.dimension))
    if key not in seen and check_model(opensearch_client, index_name, embedder):
        seen.add(key)
