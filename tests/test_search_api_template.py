"""The template of the search API's stack: what it makes is limited, tagged and signed for, and who deploys it may."""

from __future__ import annotations

import re

import nbformat
from cfnlint.api import lint

from helpers import search_api
from helpers.local.services.cloudformation.template import read_template
from helpers.settings import REPOSITORY

TEXT = search_api.TEMPLATE.read_text(encoding="utf-8")
TEMPLATE = read_template(TEXT)
REGIONS = ["us-east-1", "us-west-2", "eu-central-1"]


def test_cfn_lint_finds_nothing():
    assert [str(match) for match in lint(TEXT, regions=REGIONS)] == []
    assert lint(TEXT.replace("python3.13", "python2.7"), regions=REGIONS[:1])


def test_the_user_pool_of_notebook_09_fits_into_the_template():
    notebook = nbformat.read(REPOSITORY / "notebooks" / "09_serve_behind_an_api.ipynb", as_version=4)
    [snippet] = re.findall(r"```yaml\n(.*?)```", "\n".join(cell["source"] for cell in notebook["cells"]), re.S)
    with_pool = TEXT.replace("Resources:\n", f"Resources:\n{snippet}\n").replace(
        "AuthorizationType: AWS_IAM", "AuthorizationType: JWT\n      AuthorizerId: !Ref Visitors"
    ).replace("Parameters:\n", "Parameters:\n  Issuer:\n    Type: String\n  ClientId:\n    Type: String\n")  # fmt: skip
    assert with_pool.count("JWT") == 3 and [str(match) for match in lint(with_pool, regions=REGIONS)] == []
    assert lint(with_pool.replace("      Name: visitors\n", ""), regions=REGIONS[:1])


def test_every_route_wants_a_signature_and_the_stage_has_limits():
    resources = TEMPLATE["Resources"]
    routes = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::ApiGatewayV2::Route"]
    assert {(route["RouteKey"], route["AuthorizationType"]) for route in routes} == {
        ("POST /search", "AWS_IAM"), ("POST /events", "AWS_IAM"),
    }  # fmt: skip
    assert resources["Stage"]["Properties"]["DefaultRouteSettings"].keys() == {"ThrottlingBurstLimit", "ThrottlingRateLimit"}
    function = resources["Function"]["Properties"]
    assert "ReservedConcurrentExecutions" in function and function["Timeout"] < 30
    assert resources["Integration"]["Properties"]["PayloadFormatVersion"] == "2.0"
    assert resources["Permission"]["Properties"]["SourceArn"]["Fn::Sub"].endswith("${Api}/*/*")


def test_what_can_be_tagged_is_tagged():
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    for logical, resource in TEMPLATE["Resources"].items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"]).schema
        assert ("Tags" in resource["Properties"]) == ("Tags" in schema["properties"]), logical


def test_its_logs_are_kept_for_the_days_that_the_first_stack_says():
    first = read_template((search_api.TEMPLATE.with_name("stack.yaml")).read_text(encoding="utf-8"))["Resources"]
    assert first["SearchLogs"]["Properties"]["LogGroupName"] == {"Fn::Sub": "/aws/lambda/${Prefix}-search"}
    assert TEMPLATE["Resources"]["Function"]["Properties"]["FunctionName"] == {"Fn::Sub": "${Prefix}-search"}


def test_who_deploys_it_may():
    """The attendees' policy has every action that the schemas of the stack's types list for making and deleting them."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
    from stack_template import LAUNCHER_ONLY, api_actions, attendee_actions

    # What the schemas list for what our template does not ask for: networks, keys, layers, file systems, code signing and such.
    other = re.compile(
        r"(ec2|kms|elasticfilesystem|s3files):.*|s3:(GetObjectVersion|getObject)|apigateway:(Tag|Untag)Resource|lambda:("
        r"GetLayerVersion|GetCodeSigningConfig|Put(Runtime|FunctionRecursion|FunctionScaling|FunctionCodeSigning).*|"
        r"PassCapacityProvider|AssociateRuntimeAlias|PublishVersion|DeleteFunctionCodeSigningConfig)"
    )
    needed = {
        action
        for resource in TEMPLATE["Resources"].values()
        for verb in ("create", "read", "update", "delete")
        for action in PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"]).schema["handlers"].get(
            verb, {"permissions": []})["permissions"]
    }  # fmt: skip
    missing = {action for action in needed - api_actions() - attendee_actions() if not other.fullmatch(action)}
    assert len(needed) > 20 and missing == set()
    assert api_actions() - needed == LAUNCHER_ONLY | {"execute-api:Invoke"}, "granted, and nobody asks for it"
