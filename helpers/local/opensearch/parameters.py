"""Which URL parameters a request may carry: those that its route obeys; none is ignored.

Source: the parameters that opensearch-py's methods document.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from collections.abc import Iterable

from .errors import illegal_argument, not_offline

SOURCE = "_source _source_includes _source_excludes"
# What OpenSearch has on one of the routes of this node and this node has not. Everything else is nobody's parameter.
_REAL = """
_source _source_includes _source_excludes
    allow_no_indices allow_partial_search_results analyze_wildcard analyzer awareness_attribute batched_reduce_size
    bytes cancel_after_time_interval ccs_minimize_roundtrips cluster_manager_timeout default_operator df
    docvalue_fields error_trace expand_wildcards explain filter_path flat_settings h health help human if_primary_term
    if_seq_no ignore_throttled ignore_unavailable include_defaults include_named_queries_score
    include_unloaded_segments lang lenient level local master_timeout max_concurrent_searches
    max_concurrent_shard_requests min_score op_type phase_took pipeline pre_filter_shard_size preference
    preserve_existing pri q realtime refresh request_cache require_alias rest_total_hits_as_int retry_on_conflict
    routing s scroll search_pipeline search_type seq_no_primary_term sort source source_content_type stats
    stored_fields suggest_field suggest_mode suggest_size suggest_text terminate_after time timeout track_scores
    typed_keys v verbose_pipeline version version_type wait_for_active_shards wait_for_events
    wait_for_no_initializing_shards wait_for_no_relocating_shards wait_for_nodes wait_for_status write_index_only
"""
_NOT_HERE = frozenset(_REAL.split())


def refuse_unknown(request: str, path: str, given: Iterable[str], obeyed: frozenset[str]) -> None:
    """Raise the 501 error of a parameter that only a real node obeys, the 400 error of one that nobody knows.

    request : method and template of the route, for the message
    """
    others = [name for name in given if name not in obeyed and name != "pretty"]  # pretty: the same JSON, indented
    if unbuilt := [name for name in others if name in _NOT_HERE]:
        raise not_offline(f"parameter {unbuilt[0]} of {request}")
    if others:
        names = ", ".join(f"[{name}]" for name in others)
        raise illegal_argument(f"request [{path}] contains unrecognized parameter{'s' * (len(others) > 1)}: {names}")
