"""The mapping of an index: which fields its documents have, and what may be put into them.

Unconfirmed: the texts of its refusals (see errors.py), except that of `_index` inside a document (a public log).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import OpenSearchError, field_refused, mapping_refused, not_offline
from .field_definition import changed, refuse_unknown, refuse_unknown_root
from .knn_field import VectorField, read_field, read_vector

WHOLE_NUMBERS = {"long", "integer", "short", "byte"}
NUMBERS = WHOLE_NUMBERS | {"double", "float", "half_float"}
SIMPLE_TYPES = NUMBERS | {"keyword", "text", "boolean", "date"}
_REAL_TYPES_NOT_HERE = {"nested", "flat_object", "geo_point", "ip", "alias", "completion", "binary"}
_METADATA_FIELDS = {"_index", "_id", "_routing", "_source", "_seq_no", "_version", "_type"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?")


@dataclass(frozen=True)
class Field:
    """A field's type and the path in the document where its values stand (another one for a sub-field)."""

    kind: str
    source_path: str
    definition: dict[str, Any]
    vector: VectorField | None = None


class Mapping:
    """A mapping as it was given, read into flat fields: {"title": …, "title.keyword": …}."""

    def __init__(self, body: dict[str, Any], *, knn_index: bool):
        refuse_unknown_root(body)
        self.body = body
        self._knn_index = knn_index
        self._dynamic = str(body.get("dynamic", "true")).lower()
        self.fields = dict(self._read(body.get("properties") or {}, ""))
        self.vector_fields = {path: field for path, field in self.fields.items() if field.vector}

    def merged(self, added: dict[str, Any]) -> "Mapping":
        """This mapping with more properties. Raises the 400 error if a field would change its type."""
        properties = dict(self.body.get("properties") or {})
        for name, definition in (added.get("properties") or {}).items():
            before = properties.get(name)
            old, new = (before or {}).get("type", "object"), definition.get("type", "object")
            if before is not None and old != new:
                raise OpenSearchError(
                    400,
                    "illegal_argument_exception",
                    f"mapper [{name}] cannot be changed from type [{old}] to [{new}]",
                )
            if before is not None and old == "object":
                inner = Mapping({"properties": before.get("properties") or {}}, knn_index=self._knn_index)
                added_inside = {"properties": definition.get("properties") or {}}
                definition = {**before, **inner.merged(added_inside).body}
            elif before is not None:
                list(self._read({name: definition}, ""))  # what cannot be read is refused before what cannot change
                definition = changed(name, before, definition)
            properties[name] = definition
        return Mapping({**self.body, **added, "properties": properties}, knn_index=self._knn_index)

    def with_fields_of(self, source: dict[str, Any]) -> "Mapping":
        """This mapping with the fields that OpenSearch would guess for a document (`dynamic`).

        Raises the 400 error of a strict mapping for a field it does not know.
        """
        guessed = {}
        for name, value in source.items():
            if name in _METADATA_FIELDS:
                reason = (
                    f"Field [{name}] is a metadata field and cannot be added inside a document. "
                    "Use the index API request parameters."
                )
                raise OpenSearchError(
                    400,
                    "mapper_parsing_exception",
                    f"failed to parse field [{name}] of type [{name}]",
                    caused_by={"type": "mapper_parsing_exception", "reason": reason},
                )
            if name in self.fields or self._dynamic == "false" or _first(value) is None:
                continue
            if self._dynamic == "strict" and name not in (self.body.get("properties") or {}):
                raise OpenSearchError(
                    400,
                    "strict_dynamic_mapping_exception",
                    f"mapping set to strict, dynamic introduction of [{name}] within [_doc] is not allowed",
                )
            definition = _guess(_first(value))
            if definition != (self.body.get("properties") or {}).get(name):
                guessed[name] = definition
        return self.merged({"properties": guessed}) if guessed else self

    def read_document(self, doc_id: str, source: dict[str, Any]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """(source without its vectors, {path: vector}). Raises the 400 error of a value that does not fit."""
        vectors = {}
        for path, field in self.fields.items():
            if field.vector:
                if (value := source.get(path)) is not None:
                    vectors[path] = read_vector(path, field.vector, doc_id, value)
            elif field.source_path == path and field.kind not in ("text", "keyword", "date"):
                for value in values_at(source, path):
                    _refuse_misfit(path, field.kind, doc_id, value)
        return {name: value for name, value in source.items() if name not in vectors}, vectors

    def _read(self, properties: dict[str, Any], prefix: str) -> Iterator[tuple[str, Field]]:
        for name, definition in properties.items():
            path, kind = f"{prefix}{name}", definition.get("type", "object")
            if kind == "object":
                refuse_unknown(path, kind, {member: value for member, value in definition.items() if member != "properties"})
                yield from self._read(definition.get("properties") or {}, f"{path}.")
            elif kind == "knn_vector":
                if prefix:
                    raise not_offline(f"knn_vector inside an object ({path})")
                vector = read_field(path, definition, knn_index=self._knn_index)
                yield path, Field(kind, path, definition, vector)
            elif kind in SIMPLE_TYPES:
                refuse_unknown(path, kind, definition)
                yield path, Field(kind, path, definition)
                for sub, inner in (definition.get("fields") or {}).items():
                    if inner.get("type") not in SIMPLE_TYPES:
                        raise not_offline(f"sub-field of type {inner.get('type')}")
                    refuse_unknown(f"{path}.{sub}", inner["type"], inner)
                    yield f"{path}.{sub}", Field(inner["type"], path, inner)
            elif kind in _REAL_TYPES_NOT_HERE:
                raise not_offline(f"field type {kind}")
            else:
                raise mapping_refused(f"No handler for type [{kind}] declared on field [{path}]")


def values_at(source: Any, path: str) -> list[Any]:
    """The values of a document at a path such as "camera.lens": lists are spread, nulls left out."""
    if isinstance(source, list):
        return [value for item in source for value in values_at(item, path)]
    if path == "":
        return [] if source is None else [source]
    if not isinstance(source, dict):
        return []
    if path in source:
        return values_at(source[path], "")
    name, _, rest = path.partition(".")
    return values_at(source[name], rest) if rest and name in source else []


def _first(value: Any) -> Any:
    while isinstance(value, list):
        value = next((item for item in value if item is not None), None)
    return value


def _guess(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        members = {name: _guess(_first(item)) for name, item in value.items() if _first(item) is not None}
        return {"properties": members}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, (int, float)):
        return {"type": "long" if isinstance(value, int) else "float"}
    if _DATE.fullmatch(value):
        return {"type": "date"}
    return {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}


def _refuse_misfit(path: str, kind: str, doc_id: str, value: Any) -> None:
    if kind == "boolean":
        if value not in (True, False, "true", "false", ""):
            reason = f"Failed to parse value [{value}] as only [true] or [false] are allowed."
            raise field_refused(path, kind, doc_id, value, reason)
        return
    try:
        if isinstance(value, bool):
            raise ValueError
        float(value)
    except (TypeError, ValueError):
        raise field_refused(path, kind, doc_id, value, f'For input string: "{value}"') from None
