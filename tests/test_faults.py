"""WORKSHOP_FAULTS: what it may say, and that it says so itself when it can't be read."""

from __future__ import annotations

import pytest

from helpers.faults import COUNTS, RATES, FaultPlan, parse_faults
from helpers.settings import SettingsError, read_settings
from helpers.workshop import connect


def test_a_plan_is_read_and_written_in_the_same_words():
    plan = parse_faults(" throttling=0.3, server=.05 ,training=1,seed=7,")
    assert plan == FaultPlan(throttling=0.3, server=0.05, training=1, seed=7)
    assert parse_faults(str(plan)) == plan and plan


@pytest.mark.parametrize("nothing", [None, "", "  ", ",", "seed=3", "throttling=0"])
def test_no_fault_is_no_plan(nothing):
    assert not parse_faults(nothing)


@pytest.mark.parametrize(
    "text",
    [
        "throttling", "throttling=", "=0.3", "throttling=30%", "throttling=1.5", "throttling=-0.1", "throttling=nan",
        "throttling=inf", "throttling=1e-3", "throttling=0.95", "thruttling=0.3", "training=0.5", "training=-1", "training=1001",
        "throttling=0.3 server=0.1", "throttling=0.3,throttling=0.2", "throttling=0.5,server=0.5", "throttling=٠.٣", "seed=x",
        "training=1,,=", "on", "true", "0.3", "throttling:0.3", "throttling==0.3",
    ],
)  # fmt: skip
def test_what_can_t_be_read_is_named_with_all_that_is_accepted(text, tmp_path):
    with pytest.raises(SettingsError, match="WORKSHOP_FAULTS is") as caught:
        read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_FAULTS": text})
    for name in (*RATES, *COUNTS):
        assert name in str(caught.value)


def test_the_file_may_say_it_and_connect_prints_one_line_more(tmp_path, capsys):
    (tmp_path / "workshop.toml").write_text('faults = "throttling=0.3,seed=1"\n')
    aws = connect(settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))
    assert aws.settings.faults == FaultPlan(throttling=0.3, seed=1)
    assert capsys.readouterr().out.splitlines()[1:] == ["faults on purpose: throttling=0.3,seed=1"]


def test_aws_has_faults_of_its_own(tmp_path):
    with pytest.raises(SettingsError, match="works offline only"):
        read_settings({"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_MODE": "aws", "WORKSHOP_FAULTS": "server=0.1"})
