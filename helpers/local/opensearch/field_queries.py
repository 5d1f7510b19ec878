"""Queries on the values of a field: term, terms, range, exists, match.

A word's weight is BM25's, with Lucene's constants and without the factor (k1 + 1) that changes no order; numbers,
dates and flags match or do not and score 1. Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond" (2009).

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import not_offline, parsing, refuse_members
from .mapping import NUMBERS, Field, values_at
from .snapshot import Snapshot

K1, B = 1.2, 0.75
_REAL_OPTIONS = {
    "_name", "analyzer", "auto_generate_synonyms_phrase_query", "case_insensitive", "cutoff_frequency", "format", "from",
    "fuzziness", "fuzzy_rewrite", "fuzzy_transpositions", "include_lower", "include_upper", "lenient", "max_expansions",
    "minimum_should_match", "prefix_length", "relation", "time_zone", "to", "zero_terms_query",
}  # fmt: skip
_WORD = re.compile(r"\w+")


def term(clause: dict[str, Any], snapshot: Snapshot, inner: Callable) -> np.ndarray:
    """Documents whose field holds exactly this value; in a text field, this word."""
    path, options = _only_field("term", clause, "value")
    if "value" not in options:
        raise parsing("[term] query requires a value")
    _refuse_options("term", options, {"value", "boost"})
    field = snapshot.mapping.fields.get(path)
    if field is None:
        return _none(snapshot)
    boost = float(options.get("boost", 1))
    if field.kind in ("keyword", "text"):
        return boost * _word_scores(snapshot, field, _as_text(options["value"]))
    wanted = _comparable(field, options["value"])
    return boost * _ones(snapshot, lambda values: wanted in values, field)


def terms(clause: dict[str, Any], snapshot: Snapshot, inner: Callable) -> np.ndarray:
    """Documents whose field holds one of these values."""
    paths = [name for name in clause if name != "boost"]
    if "_name" in paths:
        raise not_offline("_name in a terms query")
    if len(paths) != 1 or not isinstance(clause[paths[0]], list):
        raise parsing("[terms] query requires one field with a list of values")
    field = snapshot.mapping.fields.get(paths[0])
    if field is None:
        return _none(snapshot)
    wanted = {_comparable(field, value) for value in clause[paths[0]]}
    return _ones(snapshot, lambda values: not wanted.isdisjoint(values), field)


def in_range(clause: dict[str, Any], snapshot: Snapshot, inner: Callable) -> np.ndarray:
    """Documents with a value between the bounds gt, gte, lt, lte."""
    path, options = _only_field("range", clause, "gte")
    _refuse_options("range", options, {"gt", "gte", "lt", "lte", "boost"})
    field = snapshot.mapping.fields.get(path)
    if field is None:
        return _none(snapshot)
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "gt": lambda value, bound: value > bound,
        "gte": lambda value, bound: value >= bound,
        "lt": lambda value, bound: value < bound,
        "lte": lambda value, bound: value <= bound,
    }
    bounds = [(tests[name], _comparable(field, options[name])) for name in tests if options.get(name) is not None]
    found = _ones(snapshot, lambda values: any(all(t(v, b) for t, b in bounds) for v in values), field)
    return found * float(options.get("boost", 1))


def exists(clause: dict[str, Any], snapshot: Snapshot, inner: Callable) -> np.ndarray:
    """Documents that have a value in a field."""
    path = clause.get("field")
    if not path:
        raise parsing("[exists] must be provided with a [field]")
    field = snapshot.mapping.fields.get(path)
    if field is not None and field.vector:
        found = [path in document.rows for document in snapshot.documents]
    else:
        found = [bool(values_at(document.source, path)) for document in snapshot.documents]
    return np.where(np.array(found, dtype=bool), 1, np.nan)


def match(clause: dict[str, Any], snapshot: Snapshot, inner: Callable) -> np.ndarray:
    """Documents with any of the words (all of them under operator "and"), rare words weighing more."""
    path, options = _only_field("match", clause, "query")
    _refuse_options("match", options, {"query", "operator", "boost"})
    field = snapshot.mapping.fields.get(path)
    if field is None:
        return _none(snapshot)
    text = _as_text(options.get("query", ""))
    if field.kind not in ("keyword", "text"):
        return term({path: {"value": options.get("query"), "boost": options.get("boost", 1)}}, snapshot, inner)
    words = _words(text) if field.kind == "text" else [text]
    found = [_word_scores(snapshot, field, word) for word in words]
    if not found:
        return _none(snapshot)
    together = np.sum(np.nan_to_num(found), axis=0) * float(options.get("boost", 1))
    enough = np.all if str(options.get("operator", "or")).lower() == "and" else np.any
    return np.where(enough(~np.isnan(found), axis=0), together, np.nan)


def _word_scores(snapshot: Snapshot, field: Field, word: str) -> np.ndarray:
    """BM25 of one word: log(1 + (N - n + 0.5) / (n + 0.5)) · tf / (tf + k1 · (1 - b + b · length / mean length))."""
    tokens = [_tokens(field, document.source) for document in snapshot.documents]
    frequency = np.array([words.count(word) for words in tokens], dtype=np.float64)
    lengths = np.array([len(words) for words in tokens], dtype=np.float64)
    with_field, with_word = int((lengths > 0).sum()), int((frequency > 0).sum())
    if not with_word:
        return _none(snapshot)
    rarity = math.log(1 + (with_field - with_word + 0.5) / (with_word + 0.5))
    if field.kind == "keyword":  # keeps neither its length, which counts as 1, nor how often a word stands there
        different = np.array([len(set(words)) for words in tokens], dtype=np.float64)
        weight = np.minimum(frequency, 1) / (1 + K1 * (1 - B + B / different[different > 0].mean()))
    else:
        weight = frequency / (frequency + K1 * (1 - B + B * lengths / lengths[lengths > 0].mean()))
    return np.where(frequency > 0, rarity * weight, np.nan)


def _tokens(field: Field, source: dict[str, Any]) -> list[str]:
    values = [_as_text(value) for value in values_at(source, field.source_path)]
    if field.kind == "text":
        return [word for value in values for word in _words(value)]
    longest = field.definition.get("ignore_above")
    return [value for value in values if longest is None or len(value) <= longest]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _ones(snapshot: Snapshot, matches: Callable[[list], bool], field: Field) -> np.ndarray:
    values = (_values(field, document.source) for document in snapshot.documents)
    found = np.fromiter((matches(one) for one in values), dtype=bool, count=len(snapshot))
    return np.where(found, 1, np.nan)


def _values(field: Field, source: dict[str, Any]) -> list[Any]:
    if field.kind in ("keyword", "text"):
        return _tokens(field, source)
    return [_comparable(field, value) for value in values_at(source, field.source_path)]


def _comparable(field: Field, value: Any) -> Any:
    if field.kind in NUMBERS:
        try:
            return float(value)
        except (TypeError, ValueError):
            raise parsing(f'failed to create query: For input string: "{value}"') from None
    if field.kind == "date" and not isinstance(value, str):
        raise not_offline("dates as numbers")
    return _as_text(value)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _only_field(name: str, clause: dict[str, Any], shorthand: str) -> tuple[str, dict[str, Any]]:
    if len(clause) != 1:
        raise parsing(f"[{name}] query doesn't support multiple fields, found {list(clause)}")
    [(path, options)] = clause.items()
    if isinstance(options, list):
        raise parsing(f"[{name}] query does not support array of values")
    return path, options if isinstance(options, dict) else {shorthand: options}


def _refuse_options(name: str, options: dict[str, Any], known: set[str]) -> None:
    refusal = lambda option: parsing(f"[{name}] query does not support [{option}]")  # noqa: E731
    refuse_members(f"a {name} query", options, built=known, real=_REAL_OPTIONS, refusal=refusal)


def _none(snapshot: Snapshot) -> np.ndarray:
    return np.full(len(snapshot), np.nan, dtype=np.float32)
