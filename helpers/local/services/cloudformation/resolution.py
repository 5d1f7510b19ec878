"""From a template and its parameters to what it asks for: resources with their properties, in the order of their needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .functions import Functions
from .template import invalid


class Kind(Protocol):
    """What a resource type does when a stack makes, changes or removes one of it.

    Names and attributes follow from the properties alone. `put` makes the thing or brings it to these properties, and
    `remove` takes it away if it is there: a stack that was killed half-way does a step twice.
    """

    def name(self, properties: Mapping[str, Any]) -> str:
        """The physical id, which is what Ref gives."""

    def attributes(self, name: str) -> Mapping[str, str]:
        """What Fn::GetAtt gives."""

    def refuse_if_taken(self, name: str) -> None:
        """Raises ServiceError if something else has this name already."""

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        """Raises ServiceError if it can't be made like that."""

    def remove(self, name: str) -> None:
        """Raises ServiceError if it can't be removed."""


@dataclass(frozen=True)
class Plan:
    """What a stack should consist of. resources: by logical id, each after those that it needs."""

    resources: dict[str, dict[str, Any]]
    outputs: list[dict[str, str]]


class Resolution(Functions):
    """A template being worked out with values for its parameters."""

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        pseudo: Mapping[str, str],
        kinds: Mapping[str, Kind],
    ):
        super().__init__(template.get("Conditions", {}))
        self._template, self._kinds = template, kinds
        self._values: dict[str, Any] = {**pseudo, **self._checked(parameters)}
        self._resources: dict[str, dict[str, Any]] = {}
        self._open: list[str] = []

    def plan(self) -> Plan:
        """The resources and outputs whose conditions hold. Raises ValidationError where the template contradicts itself."""
        declared = self._template["Resources"]
        if unknown := sorted({resource["Type"] for resource in declared.values()} - self._kinds.keys()):
            raise invalid(f"Template format error: Unrecognized resource types: {unknown}")
        for rule in self._template.get("Rules", {}).values():
            if self.holds(rule.get("RuleCondition", {"Fn::Equals": ["", ""]})):
                for assertion in rule["Assertions"]:
                    if not self.holds(assertion["Assert"]):
                        raise invalid(f"Template error: {assertion['AssertDescription']}")
        for logical in declared:
            if self._is_wanted(declared[logical]):
                self._resource(logical)
        outputs = [
            {"OutputKey": key, "OutputValue": str(self.value(output["Value"])), "Description": output.get("Description", "")}
            for key, output in self._template.get("Outputs", {}).items()
            if self._is_wanted(output)
        ]
        return Plan(self._resources, outputs)

    def reference(self, name: str) -> Any:
        return self._values[name] if name in self._values else self._resource(name)["name"]

    def attribute(self, logical: str, name: str) -> str:
        resource = self._resource(logical)
        attributes = self._kinds[resource["type"]].attributes(resource["name"])
        if name not in attributes:
            raise invalid(f"Template error: resource {logical} does not support attribute type {name} in Fn::GetAtt")
        return attributes[name]

    def _is_wanted(self, entry: Mapping[str, Any]) -> bool:
        return "Condition" not in entry or self.holds({"Condition": entry["Condition"]})

    def _resource(self, logical: str) -> dict[str, Any]:
        if logical in self._resources:
            return self._resources[logical]
        declared = self._template["Resources"].get(logical)
        if declared is None or not self._is_wanted(declared):
            raise invalid(f"Template format error: Unresolved resource dependencies [{logical}] in the template")
        if logical in self._open:
            raise invalid(f"Circular dependency between resources: [{', '.join(sorted(self._open))}]")
        self._open.append(logical)
        needs: Sequence[str] | str = declared.get("DependsOn", ())
        for needed in [needs] if isinstance(needs, str) else needs:
            if self._is_wanted(self._template["Resources"].get(needed, {})):
                self._resource(needed)
        properties = self.value(declared.get("Properties", {}))
        self._open.remove(logical)
        name = self._kinds[declared["Type"]].name(properties)
        self._resources[logical] = {"type": declared["Type"], "name": name, "properties": properties}
        return self._resources[logical]

    def _checked(self, given: Mapping[str, str]) -> dict[str, Any]:
        declared: dict[str, dict[str, Any]] = self._template.get("Parameters", {})
        if unknown := sorted(given.keys() - declared.keys()):
            raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        if missing := [key for key, rules in declared.items() if key not in given and "Default" not in rules]:
            raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
        return {key: _checked_value(key, given.get(key, rules.get("Default")), rules) for key, rules in declared.items()}


def _checked_value(key: str, value: Any, rules: Mapping[str, Any]) -> Any:
    if "AllowedValues" in rules and value not in rules["AllowedValues"]:
        raise invalid(f"Parameter '{key}' must be one of AllowedValues")
    if "AllowedPattern" in rules and not re.fullmatch(rules["AllowedPattern"], value):
        raise invalid(f"Parameter '{key}' failed to satisfy constraint: {rules.get('ConstraintDescription', '')}")
    if "MinValue" in rules and float(value) < rules["MinValue"]:
        raise invalid(f"Parameter '{key}' must be a number not less than {rules['MinValue']}")
    return [part.strip() for part in value.split(",")] if rules["Type"] == "CommaDelimitedList" else value

