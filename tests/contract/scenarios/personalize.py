"""A ranker, from an empty account to a served campaign and back to an empty account."""

import json
from datetime import UTC, datetime

import numpy as np

from helpers.settings import REPOSITORY

RECIPE = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
SCHEMA = (REPOSITORY / "seeds" / "interactions_schema.json").read_text(encoding="utf-8")
MOMENT = datetime(2001, 2, 3, tzinfo=UTC)


def _click_log():
    rng = np.random.default_rng(0)
    lines = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"]
    for number in range(1500):
        user = number % 50
        lines.append(f"u{user},{2 * rng.integers(10) + user % 2},view,{1_700_000_000 + number}")
    return ("\n".join(lines) + "\n").encode()


def _settled(account, operation, **arguments):
    """The last description of something that is being made, or of which nothing is left."""
    while True:
        answer = getattr(account.client("personalize"), operation)(**arguments)
        [described] = [member for name, member in answer.items() if name != "ResponseMetadata"]
        if described["status"] in ("ACTIVE", "CREATE FAILED", "CREATE STOPPED"):
            return described


def _deleted(account, kind, **arn):
    personalize = account.client("personalize")
    getattr(personalize, f"delete_{kind}")(**arn)
    if kind == "schema":
        return
    for _ in range(3):
        try:
            getattr(personalize, f"describe_{kind}")(**arn)
        except personalize.exceptions.ResourceNotFoundException:
            return
    raise AssertionError(f"{arn} does not go")


def _group(account, name):
    """(dataset group, dataset, schema), ACTIVE, with nothing in them."""
    personalize = account.client("personalize")
    group = personalize.create_dataset_group(name=name, tags=[{"tagKey": "project", "tagValue": "search"}])["datasetGroupArn"]
    _settled(account, "describe_dataset_group", datasetGroupArn=group)
    schema = personalize.create_schema(name=name, schema=SCHEMA)["schemaArn"]
    dataset = personalize.create_dataset(
        name=name, schemaArn=schema, datasetGroupArn=group, datasetType="Interactions")["datasetArn"]  # fmt: skip
    _settled(account, "describe_dataset", datasetArn=dataset)
    return group, dataset, schema


def _imported(account, dataset, name, body):
    account.client("s3").put_object(Bucket=account.cloud.bucket, Key=f"{name}.csv", Body=body)
    job = account.client("personalize").create_dataset_import_job(
        jobName=name, datasetArn=dataset, importMode="FULL", roleArn=account.cloud.role_arn("workshop-personalize"),
        dataSource={"dataLocation": f"s3://{account.cloud.bucket}/{name}.csv"},
    )["datasetImportJobArn"]  # fmt: skip
    return _settled(account, "describe_dataset_import_job", datasetImportJobArn=job)


def a_ranker_is_trained_served_and_deleted(account):
    personalize, runtime, events = (account.client(f"personalize{part}") for part in ("", "-runtime", "-events"))
    group, dataset, schema = _group(account, "lives")
    assert personalize.list_tags_for_resource(resourceArn=group)["tags"] == [{"tagKey": "project", "tagValue": "search"}]
    assert json.loads(personalize.describe_schema(schemaArn=schema)["schema"]["schema"]) == json.loads(SCHEMA)
    assert _imported(account, dataset, "broken", b"USER_ID\n")["status"] == "CREATE FAILED"
    assert _imported(account, dataset, "good", _click_log())["status"] == "ACTIVE"
    tracker = personalize.create_event_tracker(name="lives", datasetGroupArn=group)
    _settled(account, "describe_event_tracker", eventTrackerArn=tracker["eventTrackerArn"])
    solution = personalize.create_solution(
        name="lives", datasetGroupArn=group, recipeArn=RECIPE, performAutoTraining=False)["solutionArn"]  # fmt: skip
    _settled(account, "describe_solution", solutionArn=solution)
    stopped = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    personalize.stop_solution_version_creation(solutionVersionArn=stopped)
    assert _settled(account, "describe_solution_version", solutionVersionArn=stopped)["status"] == "CREATE STOPPED"
    version = personalize.create_solution_version(solutionArn=solution, trainingMode="FULL", name="second")["solutionVersionArn"]
    assert _settled(account, "describe_solution_version", solutionVersionArn=version)["name"] == "second"
    latest = personalize.describe_solution(solutionArn=solution)["solution"]["latestSolutionVersion"]
    assert latest["solutionVersionArn"] == version
    metrics = personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert metrics.keys() == {"coverage", "mean_reciprocal_rank_at_25"} | {
        f"{metric}_at_{size}" for metric in ("precision", "normalized_discounted_cumulative_gain") for size in (5, 10, 25)
    }
    campaign = personalize.create_campaign(name="lives", solutionVersionArn=version, minProvisionedTPS=1)["campaignArn"]
    _settled(account, "describe_campaign", campaignArn=campaign)
    ranking = runtime.get_personalized_ranking(campaignArn=campaign, userId="u0", inputList=["1", "2", "3", "unknown"])
    assert abs(sum(item.get("score", 0) for item in ranking["personalizedRanking"]) - 1) < 1e-6
    assert ranking["personalizedRanking"][-1] == {"itemId": "unknown"}
    event = {"eventType": "view", "itemId": "3", "sentAt": MOMENT}
    events.put_events(trackingId=tracker["trackingId"], userId="u0", sessionId="s", eventList=[event])
    personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=2)
    for status in ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"):
        assert personalize.describe_campaign(campaignArn=campaign)["campaign"]["latestCampaignUpdate"]["status"] == status
    _everything_is_listed(personalize, group=group, dataset=dataset, solution=solution)
    for call, arn in (("delete_solution", {"solutionArn": solution}), ("delete_dataset_group", {"datasetGroupArn": group}),
                      ("delete_schema", {"schemaArn": schema}), ("delete_dataset", {"datasetArn": dataset})):  # fmt: skip
        account.refuses("ResourceInUseException", getattr(personalize, call), **arn)
    _deleted(account, "campaign", campaignArn=campaign)
    gone = {"campaignArn": campaign, "userId": "u", "inputList": ["1"]}
    account.refuses("ResourceNotFoundException", runtime.get_personalized_ranking, **gone)
    _deleted(account, "solution", solutionArn=solution)
    _deleted(account, "event_tracker", eventTrackerArn=tracker["eventTrackerArn"])
    _deleted(account, "dataset", datasetArn=dataset)
    _deleted(account, "schema", schemaArn=schema)
    _deleted(account, "dataset_group", datasetGroupArn=group)


def _everything_is_listed(personalize, *, group, dataset, solution):
    for kind, scope, least in (
        ("dataset_groups", {}, 1), ("schemas", {}, 1), ("datasets", {"datasetGroupArn": group}, 1),
        ("dataset_import_jobs", {"datasetArn": dataset}, 2), ("event_trackers", {"datasetGroupArn": group}, 1),
        ("solutions", {"datasetGroupArn": group}, 1), ("solution_versions", {"solutionArn": solution}, 2),
        ("campaigns", {"solutionArn": solution}, 1), ("recipes", {}, 2),
    ):  # fmt: skip
        member = kind.split("_")[0] + "".join(word.title() for word in kind.split("_")[1:])
        pages = list(personalize.get_paginator(f"list_{kind}").paginate(**scope, PaginationConfig={"PageSize": 1}))
        assert [len(page[member]) for page in pages[:least]] == [1] * least, kind


def recipes_are_looked_up(account):
    personalize = account.client("personalize")
    for recipe in personalize.list_recipes(recipeProvider="SERVICE")["recipes"]:
        assert personalize.describe_recipe(recipeArn=recipe["recipeArn"])["recipe"]["recipeType"] == "PERSONALIZED_RANKING"
    account.refuses("ResourceNotFoundException", personalize.describe_recipe, recipeArn=f"{RECIPE}-v9")
    account.refuses("InvalidNextTokenException", personalize.list_recipes, nextToken="nothing")


def requests_are_refused(account):
    personalize = account.client("personalize")
    runtime, events = account.client("personalize-runtime"), account.client("personalize-events")
    account.refuses("InvalidInputException", personalize.create_dataset_group, name="with space")
    account.refuses("InvalidInputException", personalize.create_schema, name="s", schema="no json")
    account.refuses("InvalidInputException", personalize.list_schemas, maxResults=101)
    account.refuses("InvalidNextTokenException", personalize.list_schemas, nextToken="nothing")
    group, dataset, schema = _group(account, "refuses")
    account.refuses("ResourceAlreadyExistsException", personalize.create_dataset_group, name="refuses")
    missing = group.replace("refuses", "nothing")
    account.refuses("ResourceNotFoundException", personalize.describe_dataset_group, datasetGroupArn=missing)
    account.refuses("ResourceNotFoundException", personalize.list_tags_for_resource, resourceArn=missing)
    young = personalize.create_dataset_group(name="young")["datasetGroupArn"]
    account.refuses("ResourceInUseException", personalize.create_event_tracker, name="early", datasetGroupArn=young)
    others = [personalize.create_dataset_group(name=f"other{number}")["datasetGroupArn"] for number in range(3)]
    account.refuses("LimitExceededException", personalize.create_dataset_group, name="sixth")
    elsewhere = {"roleArn": account.cloud.role_arn("workshop-personalize"), "dataSource": {"dataLocation": "https://x/y.csv"}}
    account.refuses("InvalidInputException", personalize.create_dataset_import_job, jobName="j", datasetArn=dataset, **elsewhere)
    nothing = "arn:aws:personalize:us-east-1:000000000000:campaign/nothing"
    ranking = {"campaignArn": nothing, "userId": "u", "inputList": ["1"]}
    account.refuses("ResourceNotFoundException", runtime.get_personalized_ranking, **ranking)
    account.refuses("InvalidInputException", runtime.get_personalized_ranking, **ranking | {"inputList": ["1"] * 501})
    account.refuses("InvalidInputException", runtime.get_personalized_ranking, **ranking | {"userId": "u" * 257})
    event = {"eventType": "view", "sentAt": MOMENT}
    sent = {"trackingId": "nothing", "sessionId": "s", "eventList": [event]}
    account.refuses("InvalidInputException", events.put_events, **sent)
    account.refuses("InvalidInputException", events.put_events, **sent | {"eventList": [event] * 11})
    _deleted(account, "dataset", datasetArn=dataset)
    _deleted(account, "schema", schemaArn=schema)
    for arn in (group, young, *others):
        _settled(account, "describe_dataset_group", datasetGroupArn=arn)
        _deleted(account, "dataset_group", datasetGroupArn=arn)
