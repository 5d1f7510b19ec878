"""Dataset groups, schemas, datasets, import jobs and event trackers, through the genuine client."""

import json

import pytest


def test_a_resource_moves_one_step_with_every_describe(account):
    arn = account.personalize.create_dataset_group(name="group")["datasetGroupArn"]
    assert arn == "arn:aws:personalize:us-east-1:000000000000:dataset-group/group"
    seen = [account.describe("dataset_group", arn)["status"] for _ in range(4)]
    assert seen == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE", "ACTIVE"]


def test_a_deletion_moves_too_and_ends_in_not_found(account):
    arn = account.group()
    account.personalize.delete_dataset_group(datasetGroupArn=arn)
    assert [account.describe("dataset_group", arn)["status"] for _ in range(2)] == [
        "DELETE PENDING",
        "DELETE IN_PROGRESS",
    ]
    with pytest.raises(account.personalize.exceptions.ResourceNotFoundException):
        account.describe("dataset_group", arn)
    assert account.personalize.list_dataset_groups()["datasetGroups"] == []
    assert account.group() == arn


def test_a_deletion_also_ends_for_someone_who_polls_the_list(account):
    arn = account.group()
    account.personalize.delete_dataset_group(datasetGroupArn=arn)
    seen = [len(account.personalize.list_dataset_groups()["datasetGroups"]) for _ in range(3)]
    assert seen == [1, 1, 0]


def test_what_is_still_being_made_can_neither_be_used_nor_deleted(account):
    arn = account.personalize.create_dataset_group(name="group")["datasetGroupArn"]
    for call in (
        account.personalize.delete_dataset_group,
        lambda **a: account.personalize.create_event_tracker(name="t", **a),
    ):
        with pytest.raises(account.personalize.exceptions.ResourceInUseException, match="CREATE PENDING"):
            call(datasetGroupArn=arn)


@pytest.mark.parametrize("name", ["-leading", "with space", "ümlaut", "a" * 64, "a/b", "line\n"])
def test_names_outside_the_pattern_are_refused(account, name):
    with pytest.raises(account.personalize.exceptions.InvalidInputException, match="at 'name' failed to satisfy constraint"):
        account.personalize.create_dataset_group(name=name)


def test_a_name_is_taken_once(account, schema):
    account.group()
    account.personalize.create_schema(name="schema", schema=schema)
    with pytest.raises(account.personalize.exceptions.ResourceAlreadyExistsException):
        account.personalize.create_dataset_group(name="group")
    with pytest.raises(account.personalize.exceptions.ResourceAlreadyExistsException):
        account.personalize.create_schema(name="schema", schema=schema)


def test_a_region_has_room_for_five_dataset_groups(account):
    for number in range(5):
        account.personalize.create_dataset_group(name=f"group{number}")
    with pytest.raises(account.personalize.exceptions.LimitExceededException):
        account.personalize.create_dataset_group(name="one-too-many")


def test_unknown_and_foreign_arns_are_not_found(account):
    account.group()
    for arn in (
        "arn:aws:personalize:us-east-1:000000000000:dataset-group/other",
        "arn:aws:personalize:eu-west-1:000000000000:dataset-group/group",
        "arn:aws:personalize:us-east-1:111111111111:dataset-group/group",
    ):
        with pytest.raises(account.personalize.exceptions.ResourceNotFoundException):
            account.describe("dataset_group", arn)
    with pytest.raises(account.personalize.exceptions.InvalidInputException):
        account.describe("dataset_group", "group")


@pytest.mark.parametrize(
    "schema", ["not json", "[]", '{"fields": [1]}', '{"type": "record"}', '{"fields": []}']
)
def test_a_schema_that_is_no_avro_record_is_refused(account, schema):
    with pytest.raises(account.personalize.exceptions.InvalidInputException):
        account.personalize.create_schema(name="schema", schema=schema)


def test_a_schema_is_there_at_once_and_comes_back_as_it_was(account, schema):
    arn = account.personalize.create_schema(name="schema", schema=schema)["schemaArn"]
    assert account.describe("schema", arn)["schema"] == schema
    account.personalize.delete_schema(schemaArn=arn)
    assert account.personalize.list_schemas()["schemas"] == []


def test_an_interactions_dataset_needs_the_three_required_fields(account, schema):
    fields = [field for field in json.loads(schema)["fields"] if field["name"] != "TIMESTAMP"]
    lacking = json.dumps({**json.loads(schema), "fields": fields})
    with pytest.raises(account.personalize.exceptions.InvalidInputException, match="TIMESTAMP"):
        account.dataset(account.group(), lacking)


def test_other_dataset_types_are_refused_in_plain_words(account, schema):
    group = account.group()
    arn = account.personalize.create_schema(name="s", schema=schema)["schemaArn"]
    common = {"name": "d", "schemaArn": arn, "datasetGroupArn": group}
    with pytest.raises(NotImplementedError, match="interactions only"):
        account.personalize.create_dataset(**common, datasetType="Items")
    with pytest.raises(account.personalize.exceptions.InvalidInputException):
        account.personalize.create_dataset(**common, datasetType="Pictures")


def test_lists_come_in_pages(account, schema):
    for number in range(5):
        account.personalize.create_schema(name=f"s{number}", schema=schema)
    paginator = account.personalize.get_paginator("list_schemas")
    pages = [page["schemas"] for page in paginator.paginate(PaginationConfig={"PageSize": 2})]
    assert [[item["name"] for item in page] for page in pages] == [["s0", "s1"], ["s2", "s3"], ["s4"]]
    with pytest.raises(account.personalize.exceptions.InvalidNextTokenException):
        account.personalize.list_schemas(nextToken="elsewhere")


def test_an_import_fails_for_missing_columns_with_aws_words(account, click_log):
    job = account.run_import(
        account.dataset(account.group()), click_log(header="USER_ID,ITEM,EVENT,TIMESTAMP")
    )
    assert job["status"] == "CREATE FAILED"
    assert "Input CSV is missing the following columns: [ITEM_ID, EVENT_TYPE]." in job["failureReason"]


def test_an_import_fails_where_there_is_no_file(account):
    job = account.run_import(account.dataset(account.group()), None)
    assert job["status"] == "CREATE FAILED" and "Invalid Data location." in job["failureReason"]


@pytest.mark.parametrize("row", ["u1,3,view,yesterday", "u1,,view,17", "u1,3,view,17.5", "u1,3,view", "u1"])
def test_an_import_fails_for_rows_that_do_not_fit_the_schema(account, click_log, row):
    job = account.run_import(account.dataset(account.group()), click_log() + f"{row}\n".encode())
    assert job["status"] == "CREATE FAILED" and "do not conform to the dataset schema" in job["failureReason"]


def test_an_import_fails_for_ids_that_are_too_long(account, click_log):
    job = account.run_import(
        account.dataset(account.group()), click_log() + b"u1," + b"3" * 257 + b",view,17\n"
    )
    assert (
        job["status"] == "CREATE FAILED"
        and "Length cannot be more than 256 characters" in job["failureReason"]
    )


def test_milliseconds_are_imported_without_a_word_as_on_aws(account, click_log):
    job = account.run_import(account.dataset(account.group()), click_log() + b"u1,3,view,1700000000000\n")
    assert job["status"] == "ACTIVE" and "failureReason" not in job


def test_a_location_that_is_no_s3_uri_is_refused_at_once(account):
    dataset = account.dataset(account.group())
    for location in ("https://example.com/a.csv", "s3://bucket"):
        with pytest.raises(
            account.personalize.exceptions.InvalidInputException, match="Invalid Data location"
        ):
            account.personalize.create_dataset_import_job(
                jobName="j", datasetArn=dataset, dataSource={"dataLocation": location}, roleArn=account.role
            )


def test_only_five_imports_run_at_a_time(account, click_log):
    dataset = account.dataset(account.group())
    arns = [account.start_import(dataset, click_log(5, 2), f"job{number}") for number in range(5)]
    with pytest.raises(
        account.personalize.exceptions.LimitExceededException, match="More than 5 resources with PENDING"
    ):
        account.start_import(dataset, click_log(5, 2), "one-too-many")
    account.settle("dataset_import_job", arns[0])
    account.start_import(dataset, click_log(5, 2), "one-more")


def test_a_second_full_import_replaces_the_first_and_an_incremental_one_adds(account, click_log):
    group = account.group()
    dataset = account.dataset(group)
    account.run_import(dataset, click_log(25, 40), "first")
    account.run_import(dataset, click_log(10, 4), "second")
    solution = account.solution(group)
    too_few = account.describe("solution_version", account.version(solution))
    assert too_few["status"] == "CREATE FAILED"
    account.run_import(dataset, click_log(30, 40, seed=1), "third", mode="INCREMENTAL")
    assert account.describe("solution_version", account.version(solution))["status"] == "ACTIVE"


def test_a_group_has_one_event_tracker(account):
    group = account.group()
    account.tracker(group)
    with pytest.raises(account.personalize.exceptions.LimitExceededException):
        account.tracker(group, "second")


def test_deleting_in_the_wrong_order_is_refused_and_the_right_order_leaves_nothing(account, click_log):
    group, solution, _, campaign = account.deployed()
    account.tracker(group)
    personalize = account.personalize
    tracker = personalize.list_event_trackers(datasetGroupArn=group)["eventTrackers"][0]["eventTrackerArn"]
    dataset = personalize.list_datasets(datasetGroupArn=group)["datasets"][0]["datasetArn"]
    schema = personalize.list_schemas()["schemas"][0]["schemaArn"]
    order = [
        ("campaign", campaign),
        ("solution", solution),
        ("event_tracker", tracker),
        ("dataset", dataset),
        ("schema", schema),
        ("dataset_group", group),
    ]

    def delete(kind, arn):
        member = kind.split("_")[0] + "".join(word.title() for word in kind.split("_")[1:])
        getattr(personalize, f"delete_{kind}")(**{f"{member}Arn": arn})

    for kind, arn in order:
        later = [pair for pair in order[order.index((kind, arn)) + 1 :] if pair[0] != "event_tracker"]
        for used in later[:1] if kind == "event_tracker" else later:
            if kind == "schema" and used[0] == "dataset_group":
                continue
            with pytest.raises(personalize.exceptions.ResourceInUseException):
                delete(*used)
        delete(kind, arn)
        looks = [] if kind == "schema" else [account.describe(kind, arn)["status"] for _ in range(2)]
        assert looks in ([], ["DELETE PENDING", "DELETE IN_PROGRESS"])
        with pytest.raises(personalize.exceptions.ResourceNotFoundException):
            account.describe(kind, arn)
    assert not list((account.cloud.root / "personalize").rglob("*.*"))


def test_tags_are_kept(account):
    tags = [{"tagKey": "workshop", "tagValue": "images"}]
    arn = account.personalize.create_dataset_group(name="g", tags=tags)["datasetGroupArn"]
    assert account.personalize.list_tags_for_resource(resourceArn=arn)["tags"] == tags


def test_a_parameter_without_support_is_named(account):
    with pytest.raises(NotImplementedError, match="domain"):
        account.personalize.create_dataset_group(name="g", domain="ECOMMERCE")
