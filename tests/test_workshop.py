"""connect(): offline by default, AWS when told, and nothing in between."""

from __future__ import annotations

import re

import boto3
import pytest
from opensearchpy import NotFoundError

from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.settings import SHIPPED_DATA, SettingsError, read_settings
from helpers.workshop import connect


def offline(tmp_path, **environment):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path), **environment}))


def on_aws(tmp_path, monkeypatch, **environment):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return connect(
        announce=False,
        settings=read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_MODE": "aws", **environment}),
    )


def test_bucket_and_roles_are_there_from_the_start(tmp_path):
    aws = offline(tmp_path)
    aws.client("s3").head_bucket(Bucket=aws.bucket)
    for arn in (aws.sagemaker_role_arn, aws.personalize_role_arn):
        assert aws.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]["Arn"] == arn


def test_a_stack_that_can_not_be_used_says_what_to_do(tmp_path):
    aws = offline(tmp_path)
    aws.client("s3").create_bucket(Bucket="workshop-us-east-1-000000000000")
    with pytest.raises(SettingsError, match=r"already exists.*delete_stack"):
        _ = aws.bucket


def test_connecting_makes_nothing(tmp_path):
    assert offline(tmp_path).client("s3").list_buckets()["Buckets"] == []


def test_the_index_endpoint_is_there_from_the_start(tmp_path):
    assert offline(tmp_path).opensearch.info()["version"]["number"]


def test_the_reader_s_own_profile_does_not_matter_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "a-profile-that-does-not-exist")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert offline(tmp_path).client("sts").get_caller_identity()["Account"].isdigit()


def test_pictures_come_from_the_repository_unless_the_reader_has_their_own(tmp_path):
    assert offline(tmp_path).data == SHIPPED_DATA
    (tmp_path / "catalog.csv").write_text("image_id,file\n")
    assert offline(tmp_path).data == tmp_path


def test_connecting_twice_finds_the_same_things(tmp_path):
    offline(tmp_path).state["k"] = 3
    assert offline(tmp_path).state["k"] == 3


def test_every_new_visitor_is_new(tmp_path):
    assert len({offline(tmp_path).new_visitor() for _ in range(5)}) == 5


def test_a_search_before_its_notebooks_names_the_one_to_run(tmp_path):
    with pytest.raises(RuntimeError, match="notebook 03"):
        offline(tmp_path).search_engine()


def test_on_aws_the_given_names_are_used_and_nothing_is_asked(tmp_path, monkeypatch):
    aws = on_aws(
        tmp_path,
        monkeypatch,
        WORKSHOP_BUCKET="mine",
        WORKSHOP_ROLE_ARN="arn:aws:iam::000000000000:role/mine",
        OPENSEARCH_URL="https://search-x.us-east-1.es.amazonaws.com",
    )
    assert (aws.mode, aws.bucket, aws.poll_seconds) == ("aws", "mine", 30)
    assert type(aws.session) is boto3.Session
    assert aws.opensearch.transport.hosts[0]["host"] == "search-x.us-east-1.es.amazonaws.com"


def test_on_aws_connecting_works_before_there_is_a_stack_and_what_is_missing_is_named(tmp_path, monkeypatch):
    cloud = LocalCloud(tmp_path / "account", weights=tmp_path)
    monkeypatch.setattr("helpers.workshop.following_session", lambda region: cloud.session)
    aws = on_aws(tmp_path, monkeypatch)
    assert aws.client("sts").get_caller_identity()["Account"].isdigit()
    for look in (lambda: aws.bucket, lambda: aws.opensearch, lambda: aws.batch_role_arn):
        with pytest.raises(SettingsError, match=r"notebook 00.*WORKSHOP_BUCKET"):
            look()
    outputs = cloud.stack()
    assert (aws.bucket, aws.personalize_role_arn) == (outputs["BucketName"], outputs["PersonalizeRoleArn"])
    assert aws.opensearch.transport.hosts[0]["host"] == outputs["OpenSearchEndpoint"].removeprefix("https://")


def test_on_aws_what_is_given_goes_before_what_the_stack_has(tmp_path, monkeypatch):
    cloud = LocalCloud(tmp_path / "account", weights=tmp_path)
    cloud.stack()
    monkeypatch.setattr("helpers.workshop.following_session", lambda region: cloud.session)
    aws = on_aws(tmp_path, monkeypatch, WORKSHOP_BUCKET="mine")
    assert (aws.bucket, aws.sagemaker_role_arn) == ("mine", cloud.role_arn("workshop-sagemaker"))


def test_on_aws_what_runs_is_told_with_its_cost_and_a_refusal_keeps_nobody_out(tmp_path, monkeypatch, capsys):
    refused: list[ServiceError] = []
    cloud = LocalCloud(tmp_path / "account", weights=tmp_path, faults=lambda *call: refused[0] if refused else None)
    cloud.stack()
    monkeypatch.setattr("helpers.workshop.following_session", lambda region: cloud.session)
    settings = read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_MODE": "aws"})
    connect(settings=settings)
    refused.append(ServiceError("AccessDeniedException", "not you", 403))
    connect(settings=settings)
    first, cost, again, no_look = capsys.readouterr().out.splitlines()
    assert first == again and first.startswith("mode: aws")
    assert re.fullmatch(r"running: OpenSearch domain workshop-search, .*about \$\d+\.\d\d so far \(\$0\.04 an hour, .*\)", cost)
    assert no_look == "running: could not look (AccessDeniedException)"


def test_offline_connecting_tells_one_line(tmp_path, capsys):
    offline(tmp_path).bucket.strip()
    connect(settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_setting_chooses_the_model_and_labels_the_state(tmp_path):
    for name, space in (("titan", "amazon.titan-embed-image-v1/1024"), ("clip", "Qdrant/clip-ViT-B-32/512")):
        aws = offline(tmp_path, WORKSHOP_EMBEDDER=name)
        assert space == aws.state.space == f"{aws.embedder.model}/{aws.embedder.dimension}"
        assert aws.embedder is aws.embedder


def test_only_another_model_than_the_default_is_announced(tmp_path, capsys):
    for name in ("titan", "nova"):
        connect(settings=read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_EMBEDDER": name}))
    default, other = capsys.readouterr().out.splitlines()
    assert "embedder" not in default and other == f"{default} · embedder: nova"


def test_on_aws_missing_credentials_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("boto3.Session.get_credentials", lambda self: None)
    with pytest.raises(SettingsError, match="aws configure"):
        on_aws(tmp_path, monkeypatch, WORKSHOP_BUCKET="b", WORKSHOP_ROLE_ARN="r", OPENSEARCH_URL="https://x.es.amazonaws.com")


def test_the_flavour_is_told_where_it_is_no_domain(tmp_path, capsys):
    for flavour in ("domain", "serverless-classic", "serverless-nextgen"):
        settings = read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_OPENSEARCH": flavour})
        assert connect(settings=settings).flavour == flavour
    last = [line.rpartition(" · ")[2] for line in capsys.readouterr().out.splitlines()]
    assert last == ["prefix: workshop", "OpenSearch: serverless-classic", "OpenSearch: serverless-nextgen"]


def test_offline_the_stand_in_plays_the_flavour(tmp_path):
    aws = offline(tmp_path, WORKSHOP_OPENSEARCH="serverless-nextgen")
    with pytest.raises(NotFoundError):
        aws.opensearch.info()
    assert aws.opensearch.flavour.pause == 0


def test_a_server_of_one_s_own_is_a_domain_unless_told_otherwise(tmp_path):
    assert offline(tmp_path, OPENSEARCH_URL="http://localhost:9200").flavour == "domain"
    told = offline(tmp_path, OPENSEARCH_URL="http://localhost:9200", WORKSHOP_OPENSEARCH="serverless-classic")
    assert told.flavour == "serverless-classic" and told.opensearch.flavour.pause == 10


def test_attendees_with_their_own_prefix_keep_their_own_state(tmp_path):
    offline(tmp_path, WORKSHOP_PREFIX="seat-07").state["k"] = 7
    assert "k" not in offline(tmp_path).state
    assert offline(tmp_path, WORKSHOP_PREFIX="seat-07").state["k"] == 7
