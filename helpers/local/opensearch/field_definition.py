"""A field's definition in a mapping: which members it may have, and which of them may change later.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from typing import Any

from .errors import illegal_argument, mapping_refused, not_offline, refuse_members

# These say how a node stores a value and change no answer of this one.
_STORAGE = {"type", "meta", "doc_values", "store"}
_BUILT = {
    "text": {"type", "meta", "store", "fields"},
    "keyword": _STORAGE | {"index", "fields", "ignore_above"},
}
_REAL = {
    "analyzer", "boost", "coerce", "copy_to", "dynamic", "eager_global_ordinals", "enabled", "fielddata",
    "fielddata_frequency_filter", "format", "ignore_malformed", "include_in_all", "index", "index_options",
    "index_phrases", "index_prefixes", "locale", "normalizer", "norms", "null_value", "position_increment_gap",
    "print_format", "scaling_factor", "search_analyzer", "search_quote_analyzer", "similarity", "skip_list",
    "split_queries_on_whitespace", "term_vector",
}  # fmt: skip
_MAY_CHANGE = {"meta", "fields", "ignore_above"}


def refuse_unknown(path: str, kind: str, definition: dict[str, Any]) -> None:
    """Raise the 400 error of a member that this type of field has not, the 501 error of one not built here."""
    refuse_members(
        f"a {kind} mapping",
        definition,
        built=_BUILT.get(kind, _STORAGE | {"index", "fields"}),
        real=_REAL,
        refusal=lambda name: mapping_refused(f"unknown parameter [{name}] on mapper [{path}] of type [{kind}]"),
    )


def changed(path: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The definition of a known field that is put again. Raises the 400 error if that would change what is indexed."""
    for name in sorted({*before, *after} - _MAY_CHANGE):
        old, new = before.get(name), after.get(name)
        if old != new:
            raise illegal_argument(
                f"Mapper for [{path}] conflicts with existing mapper:\n"
                f"\tCannot update parameter [{name}] from [{_shown(old)}] to [{_shown(new)}]"
            )
    fields = {**before.get("fields", {}), **after.get("fields", {})}
    return {**after, "fields": fields} if fields else after


def refuse_unknown_root(body: dict[str, Any]) -> None:
    """The same for the mapping as a whole."""
    refuse_members(
        "a mapping",
        body,
        built={"properties", "dynamic", "_meta"},
        real={"_source", "_routing", "date_detection", "numeric_detection", "dynamic_date_formats", "dynamic_templates"},
        refusal=lambda name: mapping_refused(f"Root mapping definition has unsupported parameters:  [{name}]"),
    )
    dynamic = str(body.get("dynamic", "true")).lower()
    if dynamic in ("strict_allow_templates", "false_allow_templates"):
        raise not_offline(f"dynamic {dynamic}")
    if dynamic not in ("true", "false", "strict"):
        raise mapping_refused(f"Could not convert [dynamic] to boolean: {dynamic}")


def _shown(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
