"""Settings: the environment decides, else data/workshop.toml, else offline."""

from __future__ import annotations

import pytest

from helpers.settings import SettingsError, read_settings


def test_nothing_set_means_offline(tmp_path):
    settings = read_settings({"WORKSHOP_DATA": str(tmp_path)})
    assert (settings.mode, settings.prefix, settings.region) == ("offline", "workshop", "us-east-1")
    assert settings.decided_by == "the default" and settings.home == tmp_path / "offline"


def test_the_file_decides_when_the_environment_is_silent(tmp_path):
    (tmp_path / "workshop.toml").write_text('mode = "aws"\nprefix = "seat-07"\n')
    settings = read_settings({"WORKSHOP_DATA": str(tmp_path)})
    assert (settings.mode, settings.prefix, settings.decided_by) == ("aws", "seat-07", "data/workshop.toml")


def test_the_environment_beats_the_file(tmp_path):
    (tmp_path / "workshop.toml").write_text('mode = "aws"\n')
    assert read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_MODE": "offline"}).mode == "offline"


def test_a_reader_s_own_aws_region_does_not_move_the_offline_cloud(tmp_path):
    environment = {"WORKSHOP_DATA": str(tmp_path), "AWS_REGION": "eu-west-1"}
    assert read_settings(environment).region == "us-east-1"
    assert read_settings(environment | {"WORKSHOP_MODE": "aws"}).region == "eu-west-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODE", "cloud"), ("EMBEDDER", "word2vec"), ("OPENSEARCH", "elastic"),
        ("PREFIX", "Ü"), ("PREFIX", "a"), ("PREFIX", "-x-"), ("PREFIX", "x" * 21), ("PREFIX", "jane-own"),
    ],
)
def test_a_bad_setting_is_named(tmp_path, name, value):
    with pytest.raises(SettingsError, match=f"WORKSHOP_{name}"):
        read_settings({"WORKSHOP_DATA": str(tmp_path), f"WORKSHOP_{name}": value})


def test_the_file_may_name_the_flavour_too(tmp_path):
    assert read_settings({"WORKSHOP_DATA": str(tmp_path)}).opensearch is None
    (tmp_path / "workshop.toml").write_text('opensearch = "serverless-nextgen"\n')
    assert read_settings({"WORKSHOP_DATA": str(tmp_path)}).opensearch == "serverless-nextgen"
    environment = {"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_OPENSEARCH": "serverless-classic"}
    assert read_settings(environment).opensearch == "serverless-classic"


def test_a_file_that_is_no_toml_says_what_to_do(tmp_path):
    (tmp_path / "workshop.toml").write_text("mode: aws")
    with pytest.raises(SettingsError, match=r"workshop\.toml.*Correct it"):
        read_settings({"WORKSHOP_DATA": str(tmp_path)})


def test_an_unknown_key_in_the_file_is_named_with_those_that_are_known(tmp_path):
    (tmp_path / "workshop.toml").write_text('WORKSHOP_MODE = "aws"\n')
    with pytest.raises(SettingsError, match="WORKSHOP_MODE, which means nothing; it may have mode"):
        read_settings({"WORKSHOP_DATA": str(tmp_path)})


def test_the_embedder_is_titan_unless_the_environment_or_the_file_says_otherwise(tmp_path):
    environment = {"WORKSHOP_DATA": str(tmp_path)}
    assert read_settings(environment).embedder == "titan"
    (tmp_path / "workshop.toml").write_text('embedder = "nova"\n')
    assert read_settings(environment).embedder == "nova"
    assert read_settings(environment | {"WORKSHOP_EMBEDDER": "clip"}).embedder == "clip"


def test_a_bad_embedder_is_told_which_there_are(tmp_path):
    (tmp_path / "workshop.toml").write_text('embedder = "Titan"\n')
    with pytest.raises(SettingsError, match="'Titan'; it may be 'titan', 'nova' or 'clip'"):
        read_settings({"WORKSHOP_DATA": str(tmp_path)})
