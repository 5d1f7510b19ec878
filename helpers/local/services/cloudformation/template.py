"""A template as text, read into dictionaries: YAML with CloudFormation's short forms, or JSON."""

from functools import cache
from typing import Any

from ...errors import ServiceError

SECTIONS = {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Conditions", "Resources", "Outputs"}
IAM_TYPES = ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy")


@cache
def read_template(text: str) -> dict[str, Any]:
    """The template; treat it as read-only. Raises ValidationError for a text that is none.

    Short forms become long ones: `!Ref X` is {"Ref": "X"}, `!GetAtt A.B` is {"Fn::GetAtt": ["A", "B"]}.
    """
    import yaml

    try:
        template = yaml.load(text, Loader=_loader())  # a safe loader: the tags of CloudFormation, and no objects
    except yaml.YAMLError as error:
        raise invalid(f"Template format error: YAML not well-formed. {str(error).splitlines()[-1].strip()}") from None
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise invalid("Template format error: At least one Resources member must be defined.")
    if unknown := sorted(set(template) - SECTIONS):
        raise invalid(f"Invalid template property or properties {unknown}")
    return template


def names_iam(template: dict[str, Any]) -> bool:
    """Whether the template makes identities with names of its own, which needs CAPABILITY_NAMED_IAM."""
    return any(resource["Type"] in IAM_TYPES for resource in template["Resources"].values())


def invalid(message: str) -> ServiceError:
    """A ValidationError to raise: CloudFormation's answer to nearly everything."""
    return ServiceError("ValidationError", message)


@cache
def _loader() -> Any:
    """PyYAML's safe loader, the one in C where it is built in, with CloudFormation's tags and without YAML's dates."""
    import yaml

    def short_form(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
        value: Any
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("TemplateLoader", (base,), {"yaml_implicit_resolvers": resolvers})
    loader.add_multi_constructor("!", short_form)
    return loader
