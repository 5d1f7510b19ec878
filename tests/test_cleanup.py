"""Clean-up deletes everything of ours, in order, and can be run again."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from helpers import ranker
from helpers.catalog import SEEDS
from helpers.cleanup import delete_everything, inventory, show_inventory
from helpers.clustering import train_kmeans, upload_vectors
from helpers.interactions import upload_interactions
from helpers.settings import read_settings
from helpers.stack import delete_stack
from helpers.vector_index import create_index
from helpers.workshop import connect


@pytest.fixture
def aws(tmp_path):
    """A workshop with one of everything, and things of a neighbour whose prefix starts alike."""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))
    rng, personalize = np.random.default_rng(0), aws.client("personalize")
    events = pd.DataFrame(
        {
            "USER_ID": [f"u{i % 60}" for i in range(1500)],
            "ITEM_ID": rng.integers(0, 20, 1500).astype(str),
            "EVENT_TYPE": "view",
            "TIMESTAMP": np.arange(1500) + 1_700_000_000,
        }
    )
    uri = upload_interactions(events, aws.client("s3"), aws.bucket, f"{aws.prefix}/interactions")
    group = ranker.create_dataset_group(personalize, aws.name("group"), poll_seconds=0)
    schema = (SEEDS / "interactions_schema.json").read_text()
    dataset = ranker.create_interactions_dataset(
        personalize, aws.name("interactions"), group, schema, poll_seconds=0
    )
    job = ranker.import_interactions(
        personalize, aws.name("import"), dataset, uri, aws.personalize_role_arn, poll_seconds=0
    )
    ranker.create_event_tracker(personalize, aws.name("tracker"), group, poll_seconds=0)
    solution = ranker.create_solution(personalize, aws.name("ranker"), group, poll_seconds=0)
    version = ranker.train_solution_version(personalize, solution, job, poll_seconds=0)
    aws.state["campaign_arn"] = ranker.deploy_campaign(
        personalize, aws.name("campaign"), version, poll_seconds=0
    )
    uri = upload_vectors(aws, rng.random((30, 4), dtype=np.float32))
    train_kmeans(aws, uri, 3, feature_dim=4)
    create_index(aws.opensearch, aws.index_name, dimension=4)
    personalize.create_schema(name="workshop-bob-schema", schema=json.dumps(json.loads(schema)))
    aws.client("s3").put_object(Bucket=aws.bucket, Key="workshop-bob/file", Body=b"theirs")
    return aws


def test_everything_of_ours_is_found_and_deleted(aws):
    kinds = [resource.kind for resource in inventory(aws)]
    assert set(kinds) == {
        "campaign",
        "solution",
        "event_tracker",
        "dataset",
        "schema",
        "dataset_group",
        "training job",
        "opensearch index",
        "s3 object",
    }
    assert [r.kind for r in inventory(aws) if r.bills_while_idle] == ["campaign"]
    assert delete_everything(aws) == []
    assert not aws.opensearch.indices.exists(index=aws.index_name)
    assert list(aws.state) == []


def test_it_can_run_again_and_leaves_the_neighbour_alone(aws):
    delete_everything(aws)
    assert delete_everything(aws) == []
    assert [s["name"] for s in aws.client("personalize").list_schemas()["schemas"]] == ["workshop-bob-schema"]
    assert aws.client("s3").get_object(Bucket=aws.bucket, Key="workshop-bob/file")["Body"].read() == b"theirs"


def test_an_interrupted_clean_up_is_finished_by_the_next(aws, monkeypatch):
    from helpers import cleanup

    calls = []

    def interrupted(*arguments, **named):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*arguments, **named)

    original = cleanup.wait_until
    monkeypatch.setattr(cleanup, "wait_until", interrupted)
    with pytest.raises(KeyboardInterrupt):
        delete_everything(aws)
    monkeypatch.setattr(cleanup, "wait_until", original)
    assert delete_everything(aws) == []


def test_it_can_run_again_when_the_stack_is_gone_and_makes_none(aws):
    delete_everything(aws)
    delete_stack(aws, with_other_files=True)
    assert delete_everything(aws) == [] and not aws.is_set_up
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []


def test_the_table_counts_kinds_and_marks_what_bills(aws):
    table = show_inventory(inventory(aws))
    assert table.loc["campaign", "bills while idle"] and not table.loc["schema", "bills while idle"]
    assert show_inventory([]).empty


def test_what_is_still_being_made_is_waited_for_and_training_is_stopped(tmp_path):
    """Clean-up can run at any time: here while an import runs, and while a version is in training."""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))
    personalize = aws.client("personalize")
    csv = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n" + "".join(f"u{i % 60},{i % 7},view,{i}\n" for i in range(1500))
    aws.client("s3").put_object(Bucket=aws.bucket, Key=f"{aws.prefix}/clicks.csv", Body=csv)
    for stop_before_training in (True, False):
        group = ranker.create_dataset_group(personalize, aws.name("group"), poll_seconds=0)
        schema = (SEEDS / "interactions_schema.json").read_text()
        dataset = ranker.create_interactions_dataset(
            personalize, aws.name("interactions"), group, schema, poll_seconds=0
        )
        job = personalize.create_dataset_import_job(
            jobName=f"import-{stop_before_training}",
            datasetArn=dataset,
            dataSource={"dataLocation": f"s3://{aws.bucket}/{aws.prefix}/clicks.csv"},
            roleArn=aws.personalize_role_arn,
        )["datasetImportJobArn"]
        if not stop_before_training:
            while personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]["status"] != "ACTIVE":
                pass
            aws.client("s3").put_object(Bucket=aws.bucket, Key=f"{aws.prefix}/again.csv", Body=csv)
            solution = ranker.create_solution(personalize, aws.name("ranker"), group, poll_seconds=0)
            personalize.create_solution_version(solutionArn=solution)
        assert delete_everything(aws) == []
        aws.client("s3").put_object(Bucket=aws.bucket, Key=f"{aws.prefix}/clicks.csv", Body=csv)
