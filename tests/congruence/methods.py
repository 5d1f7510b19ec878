"""Every route of the stand-in, and the method of opensearch-py that asks for it."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from opensearchpy import OpenSearch

_ONE = {"index": "{index}", "id": "1"}
_ALIAS = {"index": "{index}", "name": "current"}
_ALL: dict[str, Any] = {}
_INDEX = {"index": "{index}"}
_LINES = [{"index": {"_index": "{index}", "_id": "1"}}, {"width": 1}]
_SEARCHES = [{"index": "{index}"}, {}]
_ACTIONS = {"actions": [{"add": {"index": "{index}", "alias": "current"}}]}

METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "GET /": ("info", _ALL),
    "HEAD /": ("ping", _ALL),
    "GET /_cluster/health": ("cluster.health", _ALL),
    "GET /_cluster/health/{index}": ("cluster.health", _INDEX),
    "GET /_cat/indices": ("cat.indices", _ALL),
    "GET /_cat/indices/{index}": ("cat.indices", _INDEX),
    "PUT /{index}/_doc/{id}": ("index", {**_ONE, "body": {"width": 1}}),
    "POST /{index}/_doc": ("index", {**_INDEX, "body": {"width": 1}}),
    "PUT /{index}/_create/{create}": ("create", {"index": "{index}", "id": "2", "body": {"width": 1}}),
    "POST /{index}/_update/{id}": ("update", {**_ONE, "body": {"doc": {"width": 2}}}),
    "GET /{index}/_doc/{id}": ("get", _ONE),
    "HEAD /{index}/_doc/{id}": ("exists", _ONE),
    "GET /{index}/_source/{id}": ("get_source", _ONE),
    "HEAD /{index}/_source/{id}": ("exists_source", _ONE),
    "DELETE /{index}/_doc/{id}": ("delete", _ONE),
    "POST /_bulk": ("bulk", {"body": _LINES}),
    "POST /{index}/_bulk": ("bulk", {**_INDEX, "body": _LINES}),
    "POST /_mget": ("mget", {"body": {"docs": [{"_index": "{index}", "_id": "1"}]}}),
    "POST /{index}/_mget": ("mget", {**_INDEX, "body": {"ids": ["1"]}}),
    "POST /_search": ("search", _ALL),
    "POST /{index}/_search": ("search", _INDEX),
    "POST /_msearch": ("msearch", {"body": _SEARCHES}),
    "POST /{index}/_msearch": ("msearch", {**_INDEX, "body": _SEARCHES}),
    "POST /_count": ("count", _ALL),
    "POST /{index}/_count": ("count", _INDEX),
    "POST /_refresh": ("indices.refresh", _ALL),
    "POST /{index}/_refresh": ("indices.refresh", _INDEX),
    "GET /_mapping": ("indices.get_mapping", _ALL),
    "GET /{index}/_mapping": ("indices.get_mapping", _INDEX),
    "PUT /{index}/_mapping": ("indices.put_mapping", {**_INDEX, "body": {"properties": {"path": {"type": "keyword"}}}}),
    "GET /_settings": ("indices.get_settings", _ALL),
    "GET /{index}/_settings": ("indices.get_settings", _INDEX),
    "PUT /{index}/_settings": ("indices.put_settings", {**_INDEX, "body": {"index.refresh_interval": "1s"}}),
    "GET /_alias": ("indices.get_alias", _ALL),
    "GET /{index}/_alias": ("indices.get_alias", _INDEX),
    "GET /_alias/{alias}": ("indices.get_alias", {"name": "current"}),
    "GET /{index}/_alias/{alias}": ("indices.get_alias", _ALIAS),
    "HEAD /_alias/{alias}": ("indices.exists_alias", {"name": "current"}),
    "HEAD /{index}/_alias/{alias}": ("indices.exists_alias", _ALIAS),
    "PUT /{index}/_alias/{alias}": ("indices.put_alias", _ALIAS),
    "DELETE /{index}/_alias/{alias}": ("indices.delete_alias", _ALIAS),
    "POST /_aliases": ("indices.update_aliases", {"body": _ACTIONS}),
    "PUT /{index}": ("indices.create", _INDEX),
    "GET /{index}": ("indices.get", _INDEX),
    "HEAD /{index}": ("indices.exists", _INDEX),
    "DELETE /{index}": ("indices.delete", _INDEX),
}


def ask(client: OpenSearch, route: str, index: str, **parameters: Any) -> Any:
    """What the client's method answers for a route, asked about this index with these URL parameters."""
    method, arguments = METHODS[route]
    return attrgetter(method)(client)(**_named(arguments, index), params=parameters)


def documented_parameters(route: str) -> set[str]:
    """The URL parameters that opensearch-py documents for the method of a route."""
    method = attrgetter(METHODS[route][0])(OpenSearch([{"host": "nowhere"}]))
    cells = method.__func__.__closure__ or ()
    [names] = [cell.cell_contents for cell in cells if isinstance(cell.cell_contents, tuple)]
    return {name.rstrip("_") for name in names}  # from_ is a word of Python's


def _named(value: Any, index: str) -> Any:
    if isinstance(value, dict):
        return {name: _named(inner, index) for name, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner, index) for inner in value]
    return index if value == "{index}" else value
