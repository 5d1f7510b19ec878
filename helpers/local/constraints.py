"""Patterns, choices, lengths and ranges of botocore's models, which botocore itself leaves unchecked.

AWS checks them when a request arrives; a client checks types, required members and minimums only.
Source: Smithy's constraint traits, as botocore's models keep them. The texts are those that AWS answers with.
"""

import re
from collections.abc import Mapping, Sized
from functools import cache
from typing import Any

from botocore.model import Shape

# (structure, member) where the model is wrong, and what AWS really answers.
_LONG_NAME = "Bedrock's model names, such as Titan Multimodal Embeddings G1, are longer than the 20 characters of the model"
MODEL_ERRORS = {
    ("DatasetImportJob", "roleArn"): "the ARN of an IAM role; the model asks for the ARN of something of Personalize",
    ("FoundationModelDetails", "modelName"): _LONG_NAME,
    ("FoundationModelSummary", "modelName"): _LONG_NAME,
}
_CONTAINERS = ("structure", "list", "map")
_SIZED = ("string", "blob", "list", "map")
_NUMBERS = ("integer", "long", "float", "double")
_SHOWN = 200  # characters of a value that a text repeats
_SEPARATORS = r" \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # all of Java's \p{Z}


def refusal(arguments: Mapping[str, Any], shape: Shape | None) -> str:
    """The text with which AWS refuses these arguments of a call, or "" when they keep to the model."""
    found = violations(arguments, shape) if shape else []
    return f"{len(found)} validation error{'s' * (len(found) > 1)} detected: {'; '.join(found)}" if found else ""


def violations(value: Any, shape: Shape) -> list[str]:
    """Every constraint of the shape, or of a shape inside it, that the value breaks: one text each.

    value : as boto3 takes or gives it. Types and unknown members are botocore's own business.
    """
    found: list[str] = []
    _look(value, shape, (), found)
    return found


def _look(value: Any, shape: Shape, path: tuple, found: list[str]) -> None:
    kind, rules = shape.type_name, shape.metadata
    if rules and (broken := _broken(value, kind, rules)):
        place = ".".join(f"{part}.member" if isinstance(part, int) else part[:1].lower() + part[1:] for part in path)
        shown = repr(value) if kind in _CONTAINERS or kind == "blob" else str(value)
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        found.extend(f"Value '{shown}' at '{place}' failed to satisfy constraint: {rule}" for rule in broken)
    if kind == "structure":
        members = shape.members
        for name, item in value.items():
            if name in members and item is not None and (shape.name, name) not in MODEL_ERRORS:
                _look(item, members[name], (*path, name), found)
    elif kind == "list":
        for number, item in enumerate(value, start=1):
            _look(item, shape.member, (*path, number), found)
    elif kind == "map":
        for key, item in value.items():
            _look(key, shape.key, (*path, "key"), found)
            _look(item, shape.value, (*path, key), found)


def _broken(value: Any, kind: str, rules: Mapping[str, Any]) -> list[str]:
    broken = []
    if kind in _NUMBERS or (kind in _SIZED and isinstance(value, Sized)):  # an open file has no length yet
        size, what = (value, "value") if kind in _NUMBERS else (len(value), "length")
        if size < rules.get("min", size):
            broken.append(f"Member must have {what} greater than or equal to {rules['min']}")
        if size > rules.get("max", size):
            broken.append(f"Member must have {what} less than or equal to {rules['max']}")
    if "pattern" in rules and not java_pattern(rules["pattern"]).fullmatch(value):
        broken.append(f"Member must satisfy regular expression pattern: {rules['pattern']}")
    if "enum" in rules and value not in rules["enum"]:
        broken.append(f"Member must satisfy enum value set: [{', '.join(rules['enum'])}]")
    return broken


@cache
def java_pattern(pattern: str) -> re.Pattern[str]:
    """A model's pattern for Python, to be used with `fullmatch`. Models write patterns for Java.

    Raises re.error for a class of characters that is not translated here.
    """
    # Java's \w and \d are ASCII, but its \p{L} and \p{N} are not: with _ they are what Python's \w is.
    text = pattern.replace(r"\p{L}\p{Z}\p{N}_", rf"\w{_SEPARATORS}")
    flags = re.ASCII if text == pattern else re.UNICODE
    text = text.replace(r"\p{ASCII}", r"[\x00-\x7f]").replace(r"\p{Alnum}", "a-zA-Z0-9")
    return re.compile(text.replace(r"\u10000-\u10FFFF", r"\U00010000-\U0010FFFF"), flags)
