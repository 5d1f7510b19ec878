"""What policies allow: IAM's decision for an action on a resource, as far as the workshop's own policies go.

Source: IAM user guide, Policy evaluation logic: an explicit deny wins, then an allow, else the answer is no.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

ALLOWED, DENIED, NOT_ALLOWED = "allowed", "explicitDeny", "implicitDeny"
_OPERATORS = ("StringEquals", "StringLike", "ArnLike", "ArnEquals", "Bool")


def decide(documents: Iterable[Mapping[str, Any]], action: str, resource: str, context: Mapping[str, list[str]]) -> str:
    """allowed, explicitDeny or implicitDeny.

    documents : the identity's policies. context : the values of condition keys, such as "iam:PassedToService".
    Raises NotImplementedError for an element of policies that the workshop's do not use.
    """
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _listed(document["Statement"])
        if _applies(statement, action, resource, context)
    }
    return DENIED if "Deny" in effects else ALLOWED if "Allow" in effects else NOT_ALLOWED


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, list[str]]) -> bool:
    if unknown := statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}:
        raise NotImplementedError(f"the offline IAM does not evaluate {', '.join(sorted(unknown))}")
    return (
        any(_pattern(wanted.lower()).fullmatch(action.lower()) for wanted in _listed(statement["Action"]))
        and any(_pattern(wanted).fullmatch(resource) for wanted in _listed(statement["Resource"]))
        and all(_holds(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
    )


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, list[str]]) -> bool:
    name, if_exists = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    if name not in _OPERATORS:
        raise NotImplementedError(f"the offline IAM does not evaluate the condition {operator}")
    given = {key.lower(): values for key, values in context.items()}
    for key, wanted in keys.items():
        values = given.get(key.lower())
        if values is None:
            if not if_exists:
                return False
        elif not any(_matches(name, str(text), value) for text in _listed(wanted) for value in values):
            return False
    return True


def _matches(operator: str, wanted: str, value: str) -> bool:
    if operator == "Bool":
        return wanted.lower() == value.lower()
    return bool(_pattern(wanted).fullmatch(value)) if operator != "StringEquals" else wanted == value


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """A pattern of IAM, in which * is any text and ? is any character."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.S)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
