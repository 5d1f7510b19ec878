"""CloudFormation's functions: values that a template computes (User Guide, Intrinsic function reference)."""

import re
from collections.abc import Mapping
from typing import Any

from .template import invalid

NO_VALUE = object()  # what AWS::NoValue leaves: nothing at all
_PLACE = re.compile(r"\$\{([^!}][^}]*)\}")


class Functions:
    """Works out Ref, GetAtt, Sub, Join and If; whoever inherits it knows what names stand for."""

    def __init__(self, conditions: Mapping[str, Any]):
        self._conditions = conditions

    def reference(self, name: str) -> Any:
        """What Ref gives for a parameter or a resource."""
        raise NotImplementedError

    def attribute(self, logical: str, name: str) -> str:
        """What Fn::GetAtt gives."""
        raise NotImplementedError

    def value(self, node: Any) -> Any:
        """The node with every function in it worked out."""
        if isinstance(node, list):
            return [value for item in node if (value := self.value(item)) is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name == "Ref":
                return NO_VALUE if argument == "AWS::NoValue" else self.reference(argument)
            if name.startswith("Fn::"):
                return self._computed(name, argument)
        values = {key: self.value(item) for key, item in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}

    def holds(self, node: Any) -> bool:
        """Whether a condition is true. Raises ValidationError for one that is not there."""
        [(name, argument)] = node.items()
        if name == "Condition":
            if argument not in self._conditions:
                raise invalid(f"Template format error: Unresolved condition {argument}")
            return self.holds(self._conditions[argument])
        if name == "Fn::Equals":
            return self.value(argument[0]) == self.value(argument[1])
        if name == "Fn::Not":
            return not self.holds(argument[0])
        if name == "Fn::Or":
            return any(self.holds(item) for item in argument)
        raise _unsupported(name)

    def _computed(self, name: str, argument: Any) -> Any:
        if name == "Fn::GetAtt":
            return self.attribute(*argument)
        if name == "Fn::If":
            return self.value(argument[1 if self.holds({"Condition": argument[0]}) else 2])
        if name == "Fn::Join":
            return argument[0].join(map(str, self.value(argument[1])))
        if name == "Fn::Sub":
            text, own = argument if isinstance(argument, list) else (argument, {})
            return _PLACE.sub(lambda place: str(self._named(place[1], own)), text)
        raise _unsupported(name)

    def _named(self, name: str, own: Mapping[str, Any]) -> Any:
        if name in own:
            return self.value(own[name])
        return self.attribute(*name.split(".", 1)) if "." in name else self.reference(name)


def _unsupported(name: str) -> NotImplementedError:
    return NotImplementedError(f"{name}: the offline CloudFormation knows Ref, GetAtt, Sub, Join, If, Equals, Not and Or")
