"""A `knn_vector` field: what its mapping says, and a document's vector for it.

Unconfirmed: the texts of its refusals (see errors.py), except those of nmslib and of zero vectors (source code of the k-NN
plug-in) and of a vector of another length (a public log).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.local.engines import knn

from .errors import field_refused, mapping_refused, not_offline, refuse_members

MOST_DIMENSIONS = 16_000
_ENGINES = ("faiss", "lucene")
_LEVELS = ("1x", "2x", "4x", "8x", "16x", "32x")


@dataclass(frozen=True)
class VectorField:
    """How the vectors of one field are compared and linked. `m` and `ef_construction` shape its graph.

    on_disk : the vectors stay in their file, a bit of each number is in memory and compared first, and there is no graph
    """

    dimension: int
    space: str = knn.L2
    m: int = 16
    ef_construction: int = 100
    on_disk: bool = False


def read_field(path: str, definition: dict[str, Any], *, knn_index: bool) -> VectorField:
    """The field of a mapping's definition, with OpenSearch's defaults.

    knn_index : the index setting `index.knn`; without it a method is refused, as on a node
    Raises the 400 error of a definition that OpenSearch refuses, the 501 error of what is not built here.
    """
    dimension = definition.get("dimension")
    if dimension is None:
        raise mapping_refused(f"Dimension value missing for vector: {path}")
    if not _is_count(dimension):
        raise mapping_refused(f"Unable to parse [dimension] from provided value [{dimension}] for vector [{path}]")
    if int(dimension) < 1:
        raise mapping_refused(f"Dimension value must be greater than 0 for vector: {path}")
    if int(dimension) > MOST_DIMENSIONS:
        raise mapping_refused(f"Dimension value cannot be greater than {MOST_DIMENSIONS} for vector: {path}")
    refuse_members(
        "a knn_vector mapping",
        definition,
        built={"type", "dimension", "space_type", "method", "mode", "compression_level", "data_type", "meta"},
        real={"model_id", "store", "doc_values", "ignore_malformed", "nullable"},
        refusal=lambda name: mapping_refused(f"unknown parameter [{name}] on mapper [{path}] of type [knn_vector]"),
    )
    method = definition.get("method") or {}
    on_disk = _on_disk(definition.get("mode"), definition.get("compression_level"), method)
    if (method or on_disk) and not knn_index:
        raise mapping_refused("Cannot set modelId or method parameters when index.knn setting is false")
    _refuse_what_is_not_built(definition, method)
    parameters = method.get("parameters") or {}
    field = VectorField(
        dimension=int(dimension),
        space=_space(definition.get("space_type"), method.get("space_type")),
        m=_parameter(parameters, "m", 16, least=2),
        ef_construction=_parameter(parameters, "ef_construction", 100, least=1),
        on_disk=on_disk,
    )
    return field


def _parameter(parameters: dict[str, Any], name: str, default: int, *, least: int) -> int:
    value = parameters.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise mapping_refused(f"Validation Failed: 1: parameter validation failed for Integer parameter [{name}].;")
    return value


def read_vector(path: str, field: VectorField, doc_id: str, value: Any) -> np.ndarray:
    """A document's vector, (dimension,) float32. Raises the 400 error of a bulk item that holds another thing."""

    def refused(reason: str) -> Exception:
        return field_refused(path, "knn_vector", doc_id, "null", reason)

    numbers = value if isinstance(value, list) else [value]
    if not set(map(type, numbers)) <= {int, float}:
        raise refused(f"vector field [{path}] must be an array of numbers")
    if len(numbers) != field.dimension:
        raise refused(f"Vector dimension mismatch. Expected: {field.dimension}, Given: {len(numbers)}")
    with np.errstate(over="ignore"):
        vector = np.array(numbers, dtype=np.float32)
    if not np.isfinite(vector).all():
        raise refused("KNN vector values cannot be NaN or infinity")
    if field.space == knn.COSINE and not vector.any():
        raise refused(f"zero vector is not supported when space type is [{field.space}]")
    return vector


def _space(top: str | None, in_method: str | None) -> str:
    if top and in_method and top != in_method:
        raise mapping_refused(f"Cannot specify conflicting space types: [{top}] [{in_method}]")
    space = top or in_method or knn.L2
    if space in ("l1", "linf", "hamming"):
        raise not_offline(f"space type {space}")
    if space not in knn.SPACES:
        raise mapping_refused(f"Unable to find space: {space}")
    return space


def _on_disk(mode: Any, level: Any, method: dict[str, Any]) -> bool:
    """Whether the vectors stay on disk. A level is documented for either mode; here 32x goes with on_disk and 1x without."""
    if mode not in (None, "in_memory", "on_disk"):
        raise mapping_refused(f"Invalid mode: [{mode}]. Mode must be one of [in_memory, on_disk]")
    if level not in (None, *_LEVELS):
        raise mapping_refused(f"Invalid compression level: [{level}]. It must be one of [{', '.join(_LEVELS)}]")
    on_disk = mode == "on_disk"
    if (level or ("32x" if on_disk else "1x")) != ("32x" if on_disk else "1x"):
        raise not_offline(f"compression_level {level} with mode {mode or 'in_memory'}")
    if on_disk and method.get("engine", "faiss") != "faiss":
        raise not_offline(f"mode on_disk with engine {method['engine']}")
    return on_disk


def _refuse_what_is_not_built(definition: dict[str, Any], method: dict[str, Any]) -> None:
    engine = method.get("engine", "faiss")
    if engine == "nmslib":
        # Two double spaces: so the plug-in writes it.
        raise mapping_refused(
            "nmslib engine is deprecated in OpenSearch  and cannot be used for new index creation in OpenSearch from  3.0.0."
        )
    if engine not in _ENGINES:
        raise mapping_refused(f"Invalid engine type: {engine}")
    known = {"name", "engine", "space_type", "parameters"}
    refuse_members("a method", method, built=known, refusal=lambda name: mapping_refused(f"Invalid parameter: {name}"))
    if method and not method.get("name"):
        raise mapping_refused("name needs to be set")
    if method.get("name", "hnsw") != "hnsw":
        raise not_offline(f"k-NN method {method['name']}")
    refuse_members(
        "a method",
        method.get("parameters") or {},
        built={"m", "ef_construction"},
        real={"encoder", "ef_search"},
        refusal=lambda name: mapping_refused(f'Validation Failed: 1: Invalid parameter for method "hnsw": {name}.;'),
    )
    if definition.get("data_type", "float") != "float":
        raise not_offline(f"data_type {definition['data_type']}")


def _is_count(value: Any) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or str(value).isdigit())
