"""Requests about indices: make, show, change and delete them, their mappings and settings.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from typing import Any

from . import settings as index_settings
from .errors import illegal_argument
from .index import Index
from .routes import Request

_VERSION = "137227827"  # how 3.x counts the version that made an index
Answer = tuple[int, Any]
ACKNOWLEDGED = {"acknowledged": True}


def create(request: Request) -> Answer:
    """Make an index."""
    name = request.names["index"]
    request.catalog.create(name, request.json())
    return 200, {**ACKNOWLEDGED, "shards_acknowledged": True, "index": name}


def show(request: Request) -> Answer:
    """Aliases, mappings and settings."""
    return 200, {
        index.name: {
            "aliases": index.record["aliases"],
            "mappings": index.mapping.body,
            "settings": _settings(index),
        }
        for index in indices_of(request)
    }


def exists(request: Request) -> Answer:
    """200, or 404 by the error that `indices_of` raises."""
    indices_of(request)
    return 200, {}


def delete(request: Request) -> Answer:
    """Delete the indices that the path names; an alias cannot be deleted this way."""
    known = request.catalog.names()
    for name in request.names["index"].split(","):
        if name not in known and request.catalog.with_alias(name):
            raise illegal_argument(
                f"The provided expression [{name}] matches an alias, specify the corresponding concrete indices instead."
            )
    for index in indices_of(request):
        request.catalog.delete(index)
    return 200, ACKNOWLEDGED


def mappings(request: Request) -> Answer:
    """The mapping of each index."""
    return 200, {index.name: {"mappings": index.mapping.body} for index in indices_of(request)}


def put_mapping(request: Request) -> Answer:
    """Add fields."""
    request.catalog.flavour.refuse_mappings(request.json())
    for index in indices_of(request):
        with index.writing():
            merged = index.mapping.merged(request.json())
            index.change(mappings=merged.body)
    return 200, ACKNOWLEDGED


def settings(request: Request) -> Answer:
    """The settings of each index."""
    return 200, {index.name: {"settings": _settings(index)} for index in indices_of(request)}


def put_settings(request: Request) -> Answer:
    """Change settings that may change while an index is in use."""
    changed = index_settings.read(request.json())
    request.catalog.flavour.refuse_settings(changed)
    for index in indices_of(request):
        index_settings.refuse_fixed(changed, index.name, index.uuid)
        with index.writing():
            index.change(settings={**index.settings, **changed})
    return 200, ACKNOWLEDGED


def refresh(request: Request) -> Answer:
    """Let searches see everything written so far."""
    indices = indices_of(request)
    for index in indices:
        index.refresh()
    copies = sum(index_settings.copies(index.settings) for index in indices)
    return 200, {"_shards": {"total": copies, "successful": len(indices), "failed": 0}}


def indices_of(request: Request) -> list[Index]:
    """The indices that the path names, all of them if it names none."""
    missing_is_fine = request.flag("ignore_unavailable")
    return request.catalog.matching(request.names.get("index", "_all"), ignore_missing=missing_is_fine)


def _settings(index: Index) -> dict[str, Any]:
    made = {
        "index.uuid": index.uuid,
        "index.provided_name": index.name,
        "index.creation_date": str(index.record["created"]),
        "index.version.created": _VERSION,
    }
    return index_settings.nested({**index.settings, **made})
