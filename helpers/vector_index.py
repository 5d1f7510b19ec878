"""A vector index in OpenSearch: make it, fill it, and find the pictures nearest to a vector.

The same calls on a domain, on both generations of OpenSearch Serverless and on a server of one's own: what differs stands
in index_flavours.py. `knn_search` also runs inside a Lambda function: it needs opensearch-py and nothing else, and asks the
same question everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from opensearchpy import NotFoundError, OpenSearch, RequestError

if TYPE_CHECKING:
    from .embedder import Embedder

VECTOR_FIELD = "image_vector"
DIMENSION = 1024  # Titan's, for an index made without an embedder; written here because this file must load alone
_KEYWORDS = ("image_id", "cluster", "title")
_SHOWN_ERRORS = 3


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
    another kind, AccessRefused if we may not make one, and opensearch-py's RequestError if OpenSearch refuses the name
    or the mapping.
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
            raise
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
        chunk.append(_source(document))
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

    vector: (dimension,), any sequence of numbers. filter: a query that the pictures must match, such as
    `{"term": {"cluster": "7"}}`; it is applied before the neighbours are chosen.
    Raises SearchError if there is no such index or its vectors have another length.
    """
    knn: dict[str, Any] = {"vector": [float(number) for number in vector], "k": size}
    if filter is not None:
        knn["filter"] = dict(filter)
    body = {"size": size, "_source": list(_KEYWORDS), "query": {"knn": {VECTOR_FIELD: knn}}}
    try:
        answer = opensearch_client.search(index=index_name, body=body)
    except NotFoundError as error:
        raise SearchError(f"There is no index {index_name!r} yet. Run notebook 03_index_and_search first.") from error
    except RequestError as error:
        if any(sign in str(error) for sign in ("invalid dimension", "is not knn_vector")):
            raise SearchError(
                f"The index {index_name!r} and the query do not fit: {_reason(error)} Query vector and indexed "
                "vectors must come from one model at one length. Run notebook 03_index_and_search again."
            ) from error
        raise
    return [_hit(hit) for hit in answer["hits"]["hits"]]


def _hit(hit: Mapping[str, Any]) -> Hit:
    source = hit["_source"]
    return Hit(source.get("image_id", hit["_id"]), hit["_score"], source.get("cluster", ""), source.get("title", ""))


def _source(document: Mapping[str, Any]) -> dict[str, Any]:
    import numpy as np

    source = dict(document)
    if not isinstance(source.get("cluster", ""), str):
        source["cluster"] = str(int(source["cluster"]))  # a cluster read from a table may have become 7.0
    if source.get(VECTOR_FIELD) is not None:
        # Nine decimals of a unit vector hold all that a float32 keeps, in half the bytes.
        source[VECTOR_FIELD] = np.round(np.asarray(source[VECTOR_FIELD], dtype=np.float64), 9).tolist()
    return source


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


def _reason(error: RequestError) -> str:
    info: Any = error.info
    try:
        return info["error"]["root_cause"][0]["reason"].removeprefix("failed to create query: ")
    except (KeyError, IndexError, TypeError):
        return str(error)
