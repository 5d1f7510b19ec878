"""An OpenSearch node that runs in this process: every request it answers, in one table."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.local.store import Store

from . import bulk, cluster_api, document_api, index_api, search
from .catalog import Catalog
from .errors import OpenSearchError
from .routes import Request, Routes


class Node:
    """Answers requests about the indices in the folder `root`; keeps nothing that is not there.

    clock : seconds, by which written documents become visible to searches as on a real node
    """

    # A serverless flavour (no own ids, no refresh, no cluster requests) would be another table of routes and a
    # check before each handler; nothing below knows where a request comes from.

    def __init__(self, root: Path, clock: Callable[[], float] = time.time):
        self._catalog = Catalog(Store(root), clock)
        self._routes = _routes()

    def handle(self, method: str, path: str, parameters: dict[str, Any], body: bytes) -> tuple[int, Any]:
        """(HTTP status, answer): a dict, or a text where OpenSearch sends a table."""
        try:
            handler, names = self._routes.find(method, path)
            words = {name: _as_text(value) for name, value in parameters.items()}
            data = body.encode() if isinstance(body, str) else body
            return handler(Request(self._catalog, names, words, data, method))
        except OpenSearchError as error:
            return error.status, error.body()


def _routes() -> Routes:
    routes = Routes()
    add = routes.add
    add("GET HEAD", "/", cluster_api.info)
    add("GET", "/_cluster/health", cluster_api.health)
    add("GET", "/_cluster/health/{index}", cluster_api.health)
    add("GET", "/_cat/indices", cluster_api.list_indices)
    add("GET", "/_cat/indices/{index}", cluster_api.list_indices)

    add("POST PUT", "/_bulk", bulk.bulk)
    add("POST PUT", "/{index}/_bulk", bulk.bulk)
    add("GET POST", "/_mget", document_api.get_many)
    add("GET POST", "/{index}/_mget", document_api.get_many)
    add("POST", "/{index}/_doc", document_api.put)
    add("PUT POST", "/{index}/_doc/{id}", document_api.put)
    add("PUT POST", "/{index}/_create/{create}", document_api.put)
    add("POST", "/{index}/_update/{id}", document_api.update)
    add("GET HEAD", "/{index}/_doc/{id}", document_api.get)
    add("GET HEAD", "/{index}/_source/{id}", document_api.source)
    add("DELETE", "/{index}/_doc/{id}", document_api.delete)

    for prefix in ("", "/{index}"):
        add("GET POST", f"{prefix}/_search", search.search)
        add("GET POST", f"{prefix}/_msearch", search.search_many)
        add("GET POST", f"{prefix}/_count", search.count)
        add("GET POST", f"{prefix}/_refresh", index_api.refresh)
        add("GET", f"{prefix}/_mapping", index_api.mappings)
        add("GET", f"{prefix}/_settings", index_api.settings)
        add("GET", f"{prefix}/_alias", index_api.aliases)
        add("GET HEAD", f"{prefix}/_alias/{{alias}}", index_api.aliases)
    add("PUT POST", "/{index}/_mapping", index_api.put_mapping)
    add("PUT", "/{index}/_settings", index_api.put_settings)
    add("PUT POST", "/{index}/_alias/{alias}", index_api.put_alias)
    add("PUT POST", "/{index}/_aliases/{alias}", index_api.put_alias)
    add("DELETE", "/{index}/_alias/{alias}", index_api.delete_alias)
    add("DELETE", "/{index}/_aliases/{alias}", index_api.delete_alias)
    add("POST", "/_aliases", index_api.change_aliases)

    add("PUT", "/{index}", index_api.create)
    add("GET", "/{index}", index_api.show)
    add("HEAD", "/{index}", index_api.exists)
    add("DELETE", "/{index}", index_api.delete)
    return routes


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    return str(value).lower() if isinstance(value, bool) else str(value)
