"""Every answer against botocore's model, also where botocore does not look: patterns, lengths, enums."""

import re

import pytest
from botocore.session import Session

# The model gives this role's ARN the shape of a Personalize ARN; AWS itself answers with the role.
KNOWN_SLIPS = {"roleArn"}


def slips(value, shape, path):
    """Where `value` breaks the rules of `shape`, in words."""
    if shape.type_name == "structure":
        for name, member in value.items():
            if name not in shape.members:
                yield f"{path}.{name} is not in the model"
            elif name not in KNOWN_SLIPS:
                yield from slips(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for number, member in enumerate(value):
            yield from slips(member, shape.member, f"{path}[{number}]")
    elif shape.type_name == "string":
        rules = shape.metadata
        if "pattern" in rules and not re.fullmatch(rules["pattern"].replace(r"\p{ASCII}", "[ -~]"), value):
            yield f"{path} = {value!r} does not match {rules['pattern']}"
        if not rules.get("min", 0) <= len(value) <= rules.get("max", len(value)):
            yield f"{path} = {value!r} is too short or too long"
        if "enum" in rules and value not in rules["enum"]:
            yield f"{path} = {value!r} is none of {rules['enum']}"


@pytest.fixture
def checked(new_account):
    """The account, with a watch on every answer; and the operations that were watched."""
    account, seen = new_account, set()

    def check(parsed, model, **_):
        if "Error" not in parsed:
            answer = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
            assert (
                list(slips(answer, model.output_shape, model.name)) == []
                if model.output_shape
                else answer == {}
            )
            seen.add(model.name)

    for service in ("personalize", "personalize-runtime", "personalize-events"):
        account.cloud.session.events.register(f"after-call.{service}", check)
    return account, seen


def test_answers_keep_every_rule_of_the_model(checked, moment, click_log):
    account, seen = checked
    group, solution, version, campaign = account.deployed()
    tracking_id = account.tracker(group)
    event = {"eventType": "view", "itemId": "3", "sentAt": moment}
    account.events.put_events(trackingId=tracking_id, userId="u", sessionId="s", eventList=[event])
    account.ranking(campaign, ["3", "4", "unknown"])
    personalize = account.personalize
    personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=2)
    account.describe("campaign", campaign)
    personalize.get_solution_metrics(solutionVersionArn=version)
    stopped = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    personalize.stop_solution_version_creation(solutionVersionArn=stopped)
    account.settle("solution_version", stopped)
    account.describe("solution", solution)
    dataset = personalize.list_datasets()["datasets"][0]["datasetArn"]
    account.run_import(dataset, b"USER_ID\n", "failing")
    for recipe in personalize.list_recipes()["recipes"]:
        personalize.describe_recipe(recipeArn=recipe["recipeArn"])
    for kind in (
        "dataset_groups",
        "schemas",
        "dataset_import_jobs",
        "event_trackers",
        "solutions",
        "solution_versions",
        "campaigns",
    ):
        getattr(personalize, f"list_{kind}")()
    personalize.describe_schema(schemaArn=personalize.list_schemas()["schemas"][0]["schemaArn"])
    assert len(seen) >= 28


def test_every_public_method_is_an_operation_of_its_service_and_its_parameters_are_the_operations():
    import inspect

    from botocore import xform_name

    from helpers.local.services.personalize import Personalize
    from helpers.local.services.personalize_events import PersonalizeEvents
    from helpers.local.services.personalize_runtime import PersonalizeRuntime

    for service, made in {
        "personalize": Personalize,
        "personalize-runtime": PersonalizeRuntime,
        "personalize-events": PersonalizeEvents,
    }.items():
        model = Session().get_service_model(service)
        operations = {xform_name(name): model.operation_model(name) for name in model.operation_names}
        methods = {
            name: m for name, m in inspect.getmembers(made, inspect.isfunction) if not name.startswith("_")
        }
        assert methods.keys() <= operations.keys()
        for name, method in methods.items():
            parameters = set(inspect.signature(method).parameters) - {"self"}
            assert parameters <= operations[name].input_shape.members.keys(), name
            assert set(operations[name].input_shape.required_members) <= parameters, name
