"""Requests about indices: make, show, change and delete them, their mappings, settings and aliases."""

from typing import Any

from . import settings as index_settings
from .errors import OpenSearchError, illegal_argument
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
        for index in _indices(request)
    }


def exists(request: Request) -> Answer:
    """200, or 404 by the error that `_indices` raises."""
    _indices(request)
    return 200, {}


def delete(request: Request) -> Answer:
    """Delete the indices that the path names; an alias cannot be deleted this way."""
    known = request.catalog.names()
    for name in request.names["index"].split(","):
        if name not in known and request.catalog.with_alias(name):
            raise illegal_argument(
                f"The provided expression [{name}] matches an alias, specify the corresponding concrete indices instead."
            )
    for index in _indices(request):
        request.catalog.delete(index)
    return 200, ACKNOWLEDGED


def mappings(request: Request) -> Answer:
    """The mapping of each index."""
    return 200, {index.name: {"mappings": index.mapping.body} for index in _indices(request)}


def put_mapping(request: Request) -> Answer:
    """Add fields."""
    for index in _indices(request):
        with index.writing():
            index.change(mappings=index.mapping.merged(request.json()).body)
    return 200, ACKNOWLEDGED


def settings(request: Request) -> Answer:
    """The settings of each index."""
    return 200, {index.name: {"settings": _settings(index)} for index in _indices(request)}


def put_settings(request: Request) -> Answer:
    """Change settings that may change while an index is in use."""
    changed = index_settings.read(request.json())
    for index in _indices(request):
        index_settings.refuse_fixed(changed, index.name, index.uuid)
        with index.writing():
            index.change(settings={**index.settings, **changed})
    return 200, ACKNOWLEDGED


def refresh(request: Request) -> Answer:
    """Let searches see everything written so far."""
    indices = _indices(request)
    for index in indices:
        index.refresh()
    n = len(indices)
    return 200, {"_shards": {"total": 2 * n, "successful": n, "failed": 0}}


def aliases(request: Request) -> Answer:
    """The aliases of each index; with a name, only of those that have it."""
    wanted = request.names.get("alias")
    shown = {}
    for index in _indices(request):
        found = {name: body for name, body in index.record["aliases"].items() if wanted in (None, name)}
        if found or wanted is None:
            shown[index.name] = {"aliases": found}
    if wanted is not None and not shown:
        return 404, {"error": f"alias [{wanted}] missing", "status": 404}
    return 200, shown


def put_alias(request: Request) -> Answer:
    """Give the indices of the path an alias."""
    _change_aliases(_indices(request), request.names["alias"], add=True)
    return 200, ACKNOWLEDGED


def delete_alias(request: Request) -> Answer:
    """Take it from them."""
    _change_aliases(_indices(request), request.names["alias"], add=False)
    return 200, ACKNOWLEDGED


def change_aliases(request: Request) -> Answer:
    """Several `add` and `remove` actions, in order."""
    for action in request.json().get("actions", []):
        [(verb, target)] = action.items()
        if verb not in ("add", "remove"):
            raise illegal_argument(f"[{verb}] is not supported here, only [add] and [remove]")
        names = target.get("indices") or [target.get("index")]
        found = [index for name in names for index in request.catalog.matching(name)]
        for alias in target.get("aliases") or [target.get("alias")]:
            _change_aliases(found, alias, add=verb == "add")
    return 200, ACKNOWLEDGED


def _change_aliases(indices: list[Index], alias: str, *, add: bool) -> None:
    for index in indices:
        with index.writing():
            known = dict(index.record["aliases"])
            if add:
                known[alias] = {}
            elif known.pop(alias, None) is None:
                raise OpenSearchError(404, "aliases_not_found_exception", f"aliases [{alias}] missing")
            index.change(aliases=known)


def _indices(request: Request) -> list[Index]:
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
