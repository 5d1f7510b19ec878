"""A vector index in OpenSearch: make it, fill it, and find the pictures nearest to a vector.

The same calls on a domain, on both generations of OpenSearch Serverless and on a server of one's own: what differs stands
in index_flavours.py. `knn_search` also runs inside a Lambda function: it needs opensearch-py and nothing else, and asks the
same question everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import partial
from math import isfinite
from numbers import Integral
from typing import TYPE_CHECKING, Any

from opensearchpy import NotFoundError, OpenSearch, RequestError

if TYPE_CHECKING:
    from .embedder import Embedder

VECTOR_FIELD = "image_vector"
DIMENSION = 1024  # Titan's, for an index made without an embedder; written here because this file must load alone
_KEYWORDS = ("image_id", "cluster", "title")
_SHOWN_ERRORS = 3
MOST_HITS = 10_000  # index.max_result_window of OpenSearch, unless its owner changed it
_LARGEST = 3.4e38  # a float32 holds no more


class SearchError(RuntimeError):
    """The index cannot be searched; the message says what to do."""


class IndexingError(RuntimeError):
    """The index cannot be made, or refused some of the pictures; the message names them and says what to do."""


@dataclass(frozen=True)
class Hit:
    """One picture near a query. score: OpenSearch's, larger is nearer; of two unit vectors 1/(3 - 2 cos)."""

    image_id: str
    score: float
    cluster: str
    title: str


def index_body(
    vector_field_name: str = VECTOR_FIELD, *, dimension: int = DIMENSION, flavour: str = "domain"
) -> dict[str, Any]:
    """What `create_index` sends: an HNSW graph over the vectors, and keywords to filter by and to show.

    `strict` refuses every other field. Without it a misspelt vector field would become a list of plain numbers,
    which no k-NN search ever finds.
    """
    from .index_flavours import FLAVOURS

    rules = FLAVOURS[flavour]
    vector: dict[str, Any] = {"type": "knn_vector", "dimension": dimension}
    if rules.engine:
        parameters = {"m": 16, "ef_construction": 100}
        vector["method"] = {"name": "hnsw", "engine": rules.engine, "space_type": "l2", "parameters": parameters}
    else:  # the same graph by its defaults, and vectors in full
        vector |= {"space_type": "l2", "compression_level": rules.compression_level}
    fields = {vector_field_name: vector, **{name: {"type": "keyword"} for name in _KEYWORDS}}
    mappings = {"dynamic": "strict", "properties": fields} if rules.strict else {"properties": fields}
    return {"settings": {"index": {"knn": True}}, "mappings": mappings}


def create_index(
    opensearch_client: OpenSearch,
    index_name: str,
    vector_field_name: str = VECTOR_FIELD,
    *,
    dimension: int = DIMENSION,
    embedder: Embedder | None = None,
) -> bool:
    """True once the index is there, made now or before.

    embedder: the model whose vectors it will hold; the index takes its dimension, and remembers its name.
    Raises ModelMismatch if an index of this name holds another model's vectors, IndexingError if its vectors are of
    another kind or if OpenSearch refuses the name or the mapping, AccessRefused if we may not make one.
    """
    from .index_flavours import flavour_of, when_allowed
    from .model_match import check_model, index_meta

    flavour, dimension = flavour_of(opensearch_client), embedder.dimension if embedder else dimension
    body = index_body(vector_field_name, dimension=dimension, flavour=flavour.name)
    if embedder:
        body["mappings"]["_meta"] = index_meta(embedder)
    create = partial(opensearch_client.indices.create, index=index_name, body=body)
    try:
        return bool(when_allowed(flavour, create)["acknowledged"])
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise IndexingError(
                f"OpenSearch refuses to make the index {index_name!r}: {_reason(error)} Choose another name, or a dimension and "
                "a field that it takes, then run this cell again."
            ) from error
    if embedder:
        check_model(opensearch_client, index_name, embedder)
    mappings = opensearch_client.indices.get_mapping(index=index_name)[index_name]["mappings"]
    found = mappings.get("properties", {}).get(vector_field_name, {})
    if found.get("type") != "knn_vector" or int(found.get("dimension", 0)) != dimension:
        known = f"{found.get('type', 'no field')} {found.get('dimension', '')}".strip()
        raise IndexingError(
            f"The index {index_name!r} exists, but its {vector_field_name!r} is {known}, not knn_vector {dimension}. "
            f"Delete it with opensearch.indices.delete(index={index_name!r}), or choose another prefix; then run "
            "notebook 03 again."
        )
    return True


def index_images(
    opensearch_client: OpenSearch,
    index_name: str,
    documents: Iterable[Mapping[str, Any]],
    *,
    embedder: Embedder | None = None,
    chunk_size: int = 200,
    max_retries: int = 3,
    poll_seconds: float | None = None,
) -> int:
    """How many pictures were indexed; all of them can be found when this returns.

    A picture that is there already is replaced, so a second run changes nothing, and a load that was interrupted is
    finished by running it again.

    documents: each with image_id, cluster, title and the vector, `{"image_id": …, VECTOR_FIELD: [0.1, …]}`.
    embedder: the model that made the vectors; nothing is sent to an index of another one (ModelMismatch).
    chunk_size: pictures a request, about 14 KB each. max_retries: how often a picture is sent again when the node
    says that it is busy. poll_seconds: pause between two looks at whether the pictures can be found already, by default
    what suits the flavour.
    Raises IndexingError if there is no such index, or if any picture was refused; the others are indexed then.
    """
    from .index_documents import BadDocument, source_of
    from .index_flavours import flavour_of, when_allowed
    from .index_loading import IndexLoad
    from .model_match import check_model
    from .progress import progress

    flavour = flavour_of(opensearch_client)
    if not when_allowed(flavour, partial(opensearch_client.indices.exists, index=index_name)):
        # Else the first picture would make one, with a list of plain numbers in place of a vector.
        raise IndexingError(f"There is no index {index_name!r} yet. Make it with create_index first.")
    if embedder:
        check_model(opensearch_client, index_name, embedder)
    total = len(documents) if isinstance(documents, Sized) else None
    load = IndexLoad(opensearch_client, index_name, flavour, max_retries=max_retries)
    chunk: list[dict[str, Any]] = []
    for document in progress(documents, "pictures indexed", total=total):
        try:
            chunk.append(source_of(document, VECTOR_FIELD))
        except BadDocument as error:
            raise IndexingError(str(error)) from error
        if len(chunk) == chunk_size:
            load.send(chunk)
            chunk = []
    if chunk:
        load.send(chunk)
    if load.errors:
        raise IndexingError(_told(index_name, load.errors, load.n_indexed))
    load.make_searchable(poll_seconds)
    return load.n_indexed


def knn_search(
    opensearch_client: OpenSearch,
    index_name: str,
    vector: Sequence[float],
    *,
    size: int = 200,
    filter: Mapping[str, Any] | None = None,
) -> list[Hit]:
    """The `size` pictures nearest to a vector, best first; fewer if the index (or the filter) has fewer.

    vector: (dimension,), any sequence of numbers. size: 1 to 10,000. filter: a query that the pictures must match, such as
    `{"term": {"cluster": "7"}}`; it is applied before the neighbours are chosen.
    Raises SearchError if there is no such index, its vectors have another length, or something in the question can't be used.
    """
    if not isinstance(size, Integral) or not 1 <= size <= MOST_HITS:
        raise SearchError(f"size is {size!r}; ask for 1 to {MOST_HITS:,} pictures, which is what OpenSearch shows of an answer.")
    knn: dict[str, Any] = {"vector": _numbers(vector), "k": int(size)}
    if filter is not None:
        if not isinstance(filter, Mapping):
            raise SearchError(f"filter is {filter!r:.60}; give a query such as {{'term': {{'cluster': '7'}}}}.")
        knn["filter"] = dict(filter)
    body = {"size": size, "_source": list(_KEYWORDS), "query": {"knn": {VECTOR_FIELD: knn}}}
    try:
        answer = opensearch_client.search(index=_named(index_name), body=body)
    except NotFoundError as error:
        raise SearchError(f"There is no index {index_name!r} yet. Run notebook 03_index_and_search first.") from error
    except RequestError as error:
        if any(sign in str(error) for sign in ("invalid dimension", "is not knn_vector")):
            raise SearchError(
                f"The index {index_name!r} and the query do not fit: {_reason(error)} Query vector and indexed "
                "vectors must come from one model at one length. Run notebook 03_index_and_search again."
            ) from error
        raise SearchError(f"OpenSearch refuses the question: {_reason(error)} Correct size, vector or filter.") from error
    return [_hit(hit) for hit in answer["hits"]["hits"]]


def _hit(hit: Mapping[str, Any]) -> Hit:
    source = hit["_source"]
    return Hit(source.get("image_id", hit["_id"]), hit["_score"], source.get("cluster", ""), source.get("title", ""))


def _told(index_name: str, errors: Sequence[Mapping[str, Any]], n_indexed: int) -> str:
    shown = []
    for item in errors[:_SHOWN_ERRORS]:
        [answer] = item.values()
        error = answer["error"]
        if isinstance(error, Mapping):
            error = f"{error['reason']} {error.get('caused_by', {}).get('reason', '')}".strip()
        shown.append(f"  {answer.get('image_id') or answer.get('_id')}: {error}")
    more = f"\n  … and {len(errors) - _SHOWN_ERRORS} more" if len(errors) > _SHOWN_ERRORS else ""
    return (
        f"The index {index_name!r} refused {len(errors)} of {n_indexed + len(errors)} pictures:\n"
        + "\n".join(shown)
        + more
        + "\nCorrect these documents (notebook 01 makes the vectors, 02 the clusters), then run this cell again."
    )


def _numbers(vector: Sequence[float]) -> list[float]:
    tolist = getattr(vector, "tolist", None)  # NumPy's own way takes half the time; the search API has no NumPy to import
    try:
        numbers = list(map(float, tolist() if tolist else vector))
    except (TypeError, ValueError, OverflowError) as error:
        raise SearchError(f"The query vector holds something else than numbers ({error}). Embed the query again.") from error
    if not numbers or not all(map(isfinite, numbers)) or max(numbers) > _LARGEST or min(numbers) < -_LARGEST:
        raise SearchError("The query vector is empty, or holds NaN or infinity. Embed the query again.")
    return numbers


def _named(index_name: str) -> str:
    """The name. Without one OpenSearch would search every index that there is."""
    if not index_name or not isinstance(index_name, str):
        raise SearchError(f"The index's name is {index_name!r}. Run notebook 03_index_and_search first.")
    return index_name


def _reason(error: RequestError) -> str:
    info: Any = error.info
    try:
        return info["error"]["root_cause"][0]["reason"].removeprefix("failed to create query: ")
    except (KeyError, IndexError, TypeError):
        return str(error)
