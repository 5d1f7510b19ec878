"""An OpenSearch node that runs in this process: every request it answers, in one table.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from helpers.faults import FaultPlan
from helpers.local.faults import PlannedFaults
from helpers.local.store import Store

from . import alias_api, bulk, cluster_api, document_api, index_api, multi_search, search
from .catalog import Catalog
from .errors import OpenSearchError, illegal_argument, too_busy, unavailable
from .flavours import FLAVOURS, Flavour
from .parameters import SOURCE, refuse_unknown
from .routes import Request, Routes


class Node:
    """Answers requests about the indices in the folder `root`; keeps nothing that is not there.

    clock : seconds, by which documents written to a domain become visible to searches as on a real node
    flavour : which kind of OpenSearch it plays, and what it refuses: domain, serverless-classic, serverless-nextgen
    faults : what goes wrong on purpose
    """

    def __init__(
        self,
        root: Path,
        clock: Callable[[], float] = time.time,
        flavour: str = "domain",
        faults: PlannedFaults | None = None,
    ):
        self._faults = faults or PlannedFaults(FaultPlan(), root)
        usual = FLAVOURS[flavour]
        self._flavour = replace(usual, looks=max(usual.looks, self._faults.plan.stale))
        self._catalog = Catalog(Store(root, self._faults.before_write), clock, self._flavour)
        self.routes = _routes(self._flavour)

    def handle(self, method: str, path: str, parameters: dict[str, Any], body: bytes) -> tuple[int, Any]:
        """(HTTP status, answer): a dict, or a text where OpenSearch sends a table. Raises TimeoutError where none comes."""
        try:
            self._meet_faults(method)
            self._flavour.refuse_path(method, path)
            route, names = self.routes.find(method, path)
            words = {name: _as_text(value) for name, value in parameters.items()}
            refuse_unknown(str(route), path, words, route.parameters)
            data = body.encode() if isinstance(body, str) else body
            if data.strip() and not route.takes_body:
                raise illegal_argument(f"request [{method} {path}] does not support having a body")
            return route.handler(Request(self._catalog, names, words, data, method, self._faults.refuses_document))
        except OpenSearchError as error:
            return error.status, error.body()

    def _meet_faults(self, method: str) -> None:
        kind = self._faults.passing(f"opensearch.{method}")
        if kind == "timeouts":
            raise TimeoutError("a fault on purpose: WORKSHOP_FAULTS")
        if kind:
            raise too_busy() if kind == "throttling" else unavailable()


def _routes(flavour: Flavour) -> Routes:
    """Every method and path that opensearch-py's own methods produce for what this node does."""
    routes = Routes()
    add = routes.add
    if not flavour.serverless:
        add("GET HEAD", "/", cluster_api.info)
        for suffix in ("", "/{index}"):
            add("GET", f"/_cluster/health{suffix}", cluster_api.health)
            add("POST", f"{suffix}/_refresh", index_api.refresh, "ignore_unavailable")
    for suffix in ("", "/{index}"):
        add("GET", f"/_cat/indices{suffix}", cluster_api.list_indices, "format")

    add("PUT", "/{index}/_doc/{id}", document_api.put, "refresh op_type", body=True)
    add("POST", "/{index}/_doc", document_api.put, "refresh op_type", body=True)
    add("PUT", "/{index}/_create/{create}", document_api.put, "refresh", body=True)
    add("POST", "/{index}/_update/{id}", document_api.update, "refresh", body=True)
    add("GET HEAD", "/{index}/_doc/{id}", document_api.get, SOURCE)
    add("GET HEAD", "/{index}/_source/{id}", document_api.source, SOURCE)
    add("DELETE", "/{index}/_doc/{id}", document_api.delete, "refresh")

    which = "ignore_unavailable"
    for prefix in ("", "/{index}"):
        add("POST", f"{prefix}/_bulk", bulk.bulk, "refresh", body=True)
        add("POST", f"{prefix}/_mget", document_api.get_many, SOURCE, body=True)
        add("POST", f"{prefix}/_search", search.search, f"{which} size from track_total_hits {SOURCE}", body=True)
        add("POST", f"{prefix}/_msearch", multi_search.search_many, body=True)
        add("POST", f"{prefix}/_count", search.count, which, body=True)
        add("GET", f"{prefix}/_mapping", index_api.mappings, which)
        add("GET", f"{prefix}/_settings", index_api.settings, which)
        add("GET", f"{prefix}/_alias", alias_api.aliases, which)
        add("GET HEAD", f"{prefix}/_alias/{{alias}}", alias_api.aliases, which)
    add("PUT", "/{index}/_mapping", index_api.put_mapping, which, body=True)
    add("PUT", "/{index}/_settings", index_api.put_settings, which, body=True)
    add("PUT", "/{index}/_alias/{alias}", alias_api.put_alias, body=True)
    add("DELETE", "/{index}/_alias/{alias}", alias_api.delete_alias)
    add("POST", "/_aliases", alias_api.change_aliases, body=True)

    add("PUT", "/{index}", index_api.create, body=True)
    add("GET", "/{index}", index_api.show, which)
    add("HEAD", "/{index}", index_api.exists, which)
    add("DELETE", "/{index}", index_api.delete, which)
    return routes


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    return str(value).lower() if isinstance(value, bool) else str(value)
