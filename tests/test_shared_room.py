"""A room: the instructor publishes, attendees search and click, make nothing, and can delete nothing of the instructor's."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from botocore.exceptions import EndpointConnectionError
from soak.steps import walk

from helpers import ranker
from helpers.catalog import load_catalog, load_interactions
from helpers.cleanup import delete_everything, inventory
from helpers.clustering import upload_vectors
from helpers.local.errors import ServiceError
from helpers.preflight import check_account
from helpers.preflight_rows import OK, STOP
from helpers.ranking_client import record_event
from helpers.read_only import SharedRoom
from helpers.run_estimate import estimate_run
from helpers.search import personalized_search
from helpers.settings import SHIPPED_DATA, SettingsError, read_settings
from helpers.shared_room import CLUSTER_NAMES, attach, publish
from helpers.stack import delete_stack, launch_stack, stack_resources
from helpers.state import NotReady
from helpers.vector_index import create_index, index_images
from helpers.workshop import connect


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder in which the instructor, whose prefix is `workshop`, has made and published everything."""
    folder = tmp_path_factory.mktemp("room")
    few, clicks = load_catalog(SHIPPED_DATA).iloc[::34], load_interactions(SHIPPED_DATA)
    few.to_csv(folder / "catalog.csv")
    clicks[clicks["image_id"].isin(few.index)].to_csv(folder / "interactions.csv", index=False)
    (folder / "images").symlink_to(SHIPPED_DATA / "images")
    made = walk(folder, 12)
    aws = made.aws
    with pytest.raises(NotReady, match="notebook 0"):
        publish(aws)
    np.save(aws.home / "vectors.npy", made.vectors)
    made.catalog["cluster"].to_csv(aws.home / "clusters.csv")
    (aws.home / CLUSTER_NAMES).write_text("[]\n")
    uri = f"s3://{aws.bucket}/{aws.prefix}/interactions"
    for key, value in {
        "vectors": "vectors.npy", "clusters": "clusters.csv", "k": 12, "interactions_uri": uri, "tracking_id": made.tracking_id,
    }.items():  # fmt: skip
        aws.state[key] = value
    publish(aws)
    return folder


def seat(data, prefix="seat-07", *, announce=False, **environment):
    chosen = {"WORKSHOP_DATA": str(data), "WORKSHOP_PREFIX": prefix, "WORKSHOP_SHARED": "workshop", **environment}
    return connect(announce=announce, settings=read_settings(chosen))


@cache
def instructor(data):
    """One connection for all tests: it keeps its clients."""
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(data)}))


def things(aws) -> list[tuple[str, str]]:
    return [(resource.kind, resource.name) for resource in inventory(aws)]


def test_an_attendee_gets_the_instructor_s_answers(data, capsys):
    aws, theirs = seat(data, announce=True), instructor(data)
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == (
        "shared: campaign, event tracker and index of 'workshop' are reused; notebooks 02 to 05 make nothing, go on with 06"
    )

    def found(who):
        return [r.image_id for r in personalized_search(who.search_engine(), text="cat", user_id="comic-art-user")]

    assert found(aws) == found(theirs) and len(found(aws)) == 12
    assert (aws.bucket, aws.state["campaign_arn"]) == (theirs.bucket, theirs.state["campaign_arn"])
    lent = aws.home / aws.state["clusters"]
    assert lent.parent.name == "shared-workshop" and lent.read_bytes() == (theirs.home / "clusters.csv").read_bytes()


def test_clicks_of_two_seats_stay_apart_and_move_each_its_own_answers(data):
    one, other = seat(data), seat(data, "seat-08")
    visitors = [one.new_visitor(), other.new_visitor()]
    assert visitors == ["seat-07-visitor-0001", "seat-08-visitor-0001"]

    def answers():
        return [
            [(r.image_id, r.taste_score) for r in personalized_search(aws.search_engine(), text="cat", user_id=visitor)]
            for aws, visitor in zip((one, other), visitors, strict=True)
        ]

    before = answers()
    cluster = personalized_search(one.search_engine(), text="cat")[-1].cluster
    for _ in range(3):
        record_event(one.client("personalize-events"), one.state["tracking_id"], visitors[0], "session", cluster, "view")
    after = answers()
    assert after[0] != before[0] and after[1] == before[1]


def test_what_notebooks_02_to_05_make_is_refused_in_one_line(data):
    aws = seat(data)
    personalize = aws.client("personalize")
    before = things(instructor(data))
    document = {"image_id": "x", "title": "x", "cluster": "1"}
    makers = [
        lambda: upload_vectors(aws, np.zeros((3, 4), dtype=np.float32)),
        lambda: create_index(aws.opensearch, aws.index_name),
        lambda: index_images(aws.opensearch, aws.state["index_name"], [document]),
        lambda: ranker.create_dataset_group(personalize, aws.name("group"), poll_seconds=0),
        lambda: personalize.update_campaign(campaignArn=aws.state["campaign_arn"], minProvisionedTPS=9),
        lambda: aws.client("sagemaker").create_training_job(
            TrainingJobName="x", RoleArn=aws.sagemaker_role_arn, OutputDataConfig={"S3OutputPath": f"s3://{aws.bucket}/x"}),
    ]  # fmt: skip
    for make in makers:
        with pytest.raises(SharedRoom, match=r"'workshop', so notebooks 02 to 05 make nothing here .* notebook 06"):
            make()
    assert things(instructor(data)) == before and things(aws) == []


def test_nothing_of_the_instructor_s_can_be_deleted(data):
    aws, theirs = seat(data), instructor(data)
    before = things(theirs)
    assert len({kind for kind, _ in before}) >= 9  # one of everything
    assert inventory(aws) == [] and delete_everything(aws) == []
    delete_stack(aws)
    campaign = theirs.state["campaign_arn"]
    for destroy in (
        lambda: aws.client("personalize").delete_campaign(campaignArn=campaign),
        lambda: aws.client("s3").delete_object(Bucket=aws.bucket, Key="workshop/shared/room.json"),
        lambda: aws.client("s3").delete_bucket(Bucket=aws.bucket),
        lambda: aws.client("cloudformation").delete_stack(StackName="workshop"),
        lambda: aws.opensearch.indices.delete(index=theirs.index_name),
        lambda: aws.opensearch.indices.delete(index="*"),
    ):
        with pytest.raises(SharedRoom):
            destroy()
    assert things(theirs) == before and theirs.is_set_up
    assert "campaign_arn" in seat(data).state  # attached again by the next connect()


def test_what_an_attendee_had_made_alone_is_theirs_to_delete(data):
    alone = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(data), "WORKSHOP_PREFIX": "workshop-bob"}))
    alone.state["k"] = 99
    ranker.create_dataset_group(alone.client("personalize"), alone.name("group"), poll_seconds=0)
    instructor(data).client("s3").put_object(Bucket=instructor(data).bucket, Key="workshop-bob/file", Body=b"")
    aws, before = seat(data, "workshop-bob"), things(instructor(data))
    assert aws.state["k"] == 12
    assert things(aws) == [("dataset_group", "workshop-bob-group"), ("files in S3", "workshop-bob/ (1 file)")]
    assert delete_everything(aws) == [] and things(instructor(data)) == before
    assert alone.state["k"] == 99  # a room's state is kept apart


def test_pre_flight_estimate_and_stack_know_the_room(data, capsys):
    aws = seat(data)
    rows = {row.looked_at: row for row in check_account(aws, attendees=30)}
    assert {row.verdict for row in rows.values()} == {OK}
    assert "'workshop'" in rows["quotas"].found and "attached" in rows["the room of 'workshop'"].found
    shown = estimate_run(aws)
    assert len(shown.rows) == 1 and "'workshop'" in shown.below[0]
    launch_stack(aws)
    assert capsys.readouterr().out == "stack workshop: the instructor's, nothing is launched\n"
    assert aws.bucket in set(stack_resources(aws)["name"])


def test_a_room_that_can_not_be_used_is_one_line_and_no_error(data, tmp_path, monkeypatch):
    nobody = connect(
        announce=False,
        settings=read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_PREFIX": "seat-07", "WORKSHOP_SHARED": "room-b"}),
    )
    assert "'room-b' has no stack" in attach(nobody) and list(nobody.state) == []
    assert {row.looked_at: row.verdict for row in check_account(nobody)}["the room of 'room-b'"] == STOP
    connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_PREFIX": "room-b"})).bucket.strip()
    assert "its owner runs publish(aws)" in attach(nobody)
    assert "was made with amazon.titan" in attach(seat(data, "seat-09", WORKSHOP_EMBEDDER="clip"))
    aws = seat(data)
    for fault, words in ((ServiceError("AccessDenied", "no", 403), "AccessDenied"),
                         (EndpointConnectionError(endpoint_url="https://x"), "EndpointConnectionError")):  # fmt: skip
        monkeypatch.setattr(aws.session, "_faults", lambda service, operation, fault=fault: fault)
        assert words in attach(aws)


def test_only_the_instructor_publishes_and_the_room_is_readable(data):
    with pytest.raises(SettingsError, match="its owner publishes"):
        publish(seat(data))
    theirs = instructor(data)
    room = json.loads(theirs.client("s3").get_object(Bucket=theirs.bucket, Key="workshop/shared/room.json")["Body"].read())
    assert room["space"] == "amazon.titan-embed-image-v1/1024" and set(room["files"]) == {"vectors", "clusters", "cluster_names"}


def test_one_s_own_prefix_is_no_room(tmp_path):
    with pytest.raises(SettingsError, match="WORKSHOP_SHARED is your own prefix"):
        read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_SHARED": "workshop"})
    with pytest.raises(SettingsError, match="WORKSHOP_SHARED is 'Ü'"):
        read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_PREFIX": "seat-07", "WORKSHOP_SHARED": "Ü"})
