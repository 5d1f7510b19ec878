"""Requests about the node itself: who it is, how it feels, which indices it lists."""

from typing import Any

from . import settings as index_settings
from .errors import not_offline
from .index import Index
from .routes import Request

NAME = "offline-opensearch"
VERSION = "3.5.0"


def info(request: Request) -> tuple[int, dict[str, Any]]:
    """What `client.info()` shows. The build says that this is no OpenSearch."""
    return 200, {
        "name": NAME,
        "cluster_name": NAME,
        "cluster_uuid": "offline-opensearch-0000",
        "version": {
            "distribution": "opensearch",
            "number": VERSION,
            "build_type": "offline stand-in",
            "build_hash": "unknown",
            "build_date": "unknown",
            "build_snapshot": False,
            "lucene_version": "10.3.1",
            "minimum_wire_compatibility_version": "2.19.0",
            "minimum_index_compatibility_version": "2.0.0",
        },
        "tagline": "The OpenSearch Project: https://opensearch.org/",
    }


def health(request: Request) -> tuple[int, dict[str, Any]]:
    """Yellow where an index wants replicas: there is one node, which holds one copy of everything."""
    indices = request.catalog.matching(request.names.get("index", "_all"))
    n, wanted = len(indices), sum(index_settings.copies(index.settings) for index in indices)
    return 200, {
        "cluster_name": NAME,
        "status": _colour(indices),
        "timed_out": False,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "discovered_master": True,
        "discovered_cluster_manager": True,
        "active_primary_shards": n,
        "active_shards": n,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": wanted - n,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": 100.0 * n / wanted if wanted else 100.0,
    }


def _colour(indices: list[Index]) -> str:
    return "yellow" if any(index_settings.copies(index.settings) > 1 for index in indices) else "green"


def list_indices(request: Request) -> tuple[int, Any]:
    """One row an index; JSON under format=json, else a table as text."""
    form = request.parameters.get("format", "text")
    if form not in ("json", "text"):
        raise not_offline(f"format {form}")
    rows = []
    for index in request.catalog.matching(request.names.get("index", "_all")):
        snapshot = index.snapshot()
        size = f"{index.size_on_disk()}b"
        rows.append(
            {
                "health": _colour([index]),
                "status": "open",
                "index": index.name,
                "uuid": index.uuid,
                "pri": index.settings["index.number_of_shards"],
                "rep": index.settings["index.number_of_replicas"],
                "docs.count": str(len(snapshot)),
                "docs.deleted": "0",
                "store.size": size,
                "pri.store.size": size,
            }
        )
    if form == "json":
        return 200, rows
    return 200, "".join(" ".join(row.values()) + "\n" for row in rows)
