"""Every public method of every service is an operation of AWS, with parameters that the operation has."""

from __future__ import annotations

import inspect

import pytest
from botocore import xform_name


@pytest.fixture(scope="module")
def offered(account):
    """(method, model of the operation) by service and method name; None for a method that is no operation."""
    return {
        (name, method): (getattr(service, method), _operations(account, name).get(method))
        for name, service in account.services.items()
        for method in dir(service)
        if not method.startswith("_") and callable(getattr(service, method))
    }


def _operations(account, service):
    model = account.client(service).meta.service_model
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def test_the_cloud_offers_what_the_workshop_needs(account, offered):
    assert set(account.services) == {
        "s3", "sts", "iam", "cloudformation", "bedrock", "bedrock-runtime", "sagemaker",
        "personalize", "personalize-runtime", "personalize-events", "service-quotas", "resourcegroupstaggingapi",
        "scheduler",
    }  # fmt: skip
    assert {service for service, _ in offered} == set(account.services)


def test_every_method_is_an_operation(offered):
    assert [name for name, (_, model) in offered.items() if model is None] == []


def test_every_parameter_is_a_member_that_is_given_by_name(offered):
    for name, (method, model) in offered.items():
        parameters = inspect.signature(method).parameters
        assert {p.kind for p in parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}, name
        members = model.input_shape.members if model.input_shape else {}
        assert parameters.keys() <= members.keys(), name


def test_every_required_member_is_a_parameter(offered):
    for name, (method, model) in offered.items():
        required = model.input_shape.required_members if model.input_shape else []
        assert set(required) <= inspect.signature(method).parameters.keys(), name


def test_only_what_aws_requires_is_required(offered):
    """What AWS leaves out may be needed offline only where a reason stands here."""
    needed = {
        ("bedrock-runtime", "invoke_model", "body"): "Titan refuses a request without one",
        ("cloudformation", "create_stack", "TemplateBody"): "offline there is no URL to read a template from",
        ("cloudformation", "update_stack", "TemplateBody"): "offline there is no URL to read a template from",
        ("cloudformation", "get_template", "StackName"): "offline there are no change sets",
        ("personalize", "create_dataset_import_job", "roleArn"): "Personalize reads the bucket as this role",
        ("sagemaker", "create_training_job", "AlgorithmSpecification"): "serverless jobs and hubs are not offline",
        ("sagemaker", "create_training_job", "ResourceConfig"): "serverless jobs are not offline",
    }
    found = {
        (*name, parameter.name)
        for name, (method, model) in offered.items()
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is parameter.empty and parameter.name not in (model.input_shape.required_members)
    }
    assert found == needed.keys()


def test_what_cuts_a_list_also_goes_on_with_it(account, offered):
    """An operation that takes the size of a page takes the token of the next one."""
    one_page = {("sagemaker", "list_tags"): "a page has 50 tags at least, and a resource 50 at most"}
    cut_off = set()
    for (service, name), (method, _) in offered.items():
        client, parameters = account.client(service), inspect.signature(method).parameters
        if client.can_paginate(name):
            paginator = client.get_paginator(name)._pagination_cfg
            tokens = paginator["input_token"] if isinstance(paginator["input_token"], list) else [paginator["input_token"]]
            if paginator.get("limit_key") in parameters and not set(tokens) <= parameters.keys():
                cut_off.add((service, name))
    assert cut_off == one_page.keys()


def test_a_pattern_of_every_offered_operation_can_be_read(account, offered):
    """A pattern in a dialect that the checker does not know would pass unseen until a value meets it."""
    from helpers.local.constraints import java_pattern

    patterns = {pattern for _, model in offered.values() for shape in (model.input_shape, model.output_shape)
                for pattern in _patterns(shape)}  # fmt: skip
    assert len(patterns) > 40
    for pattern in patterns:
        java_pattern(pattern)


def _patterns(shape, above=()):
    if shape is None or shape.name in above:
        return set()
    inner = {
        "structure": lambda: list(shape.members.values()),
        "list": lambda: [shape.member],
        "map": lambda: [shape.key, shape.value],
    }.get(shape.type_name, list)()
    found = {shape.metadata["pattern"]} if "pattern" in shape.metadata else set()
    return found.union(*(_patterns(item, (*above, shape.name)) for item in inner))
