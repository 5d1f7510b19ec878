"""Templates are read as CloudFormation reads them, and worked out: functions, conditions, parameters, order."""

from __future__ import annotations

import pytest

from helpers.local.errors import ServiceError
from helpers.local.services.cloudformation.resolution import Resolution
from helpers.local.services.cloudformation.resources import Thing
from helpers.local.services.cloudformation.template import read_template

GROUPS = {"AWS::Logs::LogGroup": Thing("LogGroupName", ("RetentionInDays",))}
PSEUDO = {"AWS::Region": "eu-west-1", "AWS::AccountId": "000000000000"}


def planned(text: str, **parameters: str):
    return Resolution(read_template(text), parameters, PSEUDO, GROUPS).plan()


def group(name: str, more: str = "") -> str:
    return f"{{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: {name}}}{more}}}"


def name_of_one(value: str, head: str = "", **parameters: str) -> str:
    return planned(f"{head}\nResources:\n  One: {group(value)}", **parameters).resources["One"]["name"]


def test_short_and_long_forms_are_the_same():
    short = read_template("Resources: {A: !Ref B, C: !GetAtt D.E.F, G: !If [H, 1, !Ref I]}")["Resources"]
    long = '{"A": {"Ref": "B"}, "C": {"Fn::GetAtt": ["D", "E.F"]}, "G": {"Fn::If": ["H", 1, {"Ref": "I"}]}}'
    assert short == read_template(f'{{"Resources": {long}}}')["Resources"]


def test_a_date_stays_the_text_that_it_is():
    assert read_template("Resources: {A: 2012-10-17}")["Resources"] == {"A": "2012-10-17"}


@pytest.mark.parametrize("text", ["a: [", "", "[]", "Resources: 3", "Resources: {}\nWhat: 1", "Resources: !!python/name:os.x"])
def test_what_is_no_template_is_refused(text):
    with pytest.raises(ServiceError, match="ValidationError"):
        read_template(text)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("!Sub 'x-${AWS::Region}-${P}'", "x-eu-west-1-p"),
        ("!Sub ['${P}-${Q}', {Q: !Ref P}]", "p-p"),
        ("!Sub 'kept-${!P}'", "kept-${!P}"),
        ("!Join ['-', [a, !Ref P]]", "a-p"),
        ("!If [Is, !Ref P, b]", "p"),
        ("!If [Isnt, a, !If [Is, b, c]]", "b"),
    ],
)
def test_functions_are_worked_out(value, name):
    head = "Parameters: {P: {Type: String, Default: p}}\nConditions: {Is: !Not [!Condition Isnt], Isnt: !Equals [a, b]}"
    assert name_of_one(value, head) == name


def test_what_has_no_value_is_left_out():
    properties = "{LogGroupName: n, RetentionInDays: !Ref 'AWS::NoValue'}"
    plan = planned(f"Resources:\n  One: {{Type: AWS::Logs::LogGroup, Properties: {properties}}}")
    assert plan.resources["One"]["properties"] == {"LogGroupName": "n"}


def test_each_resource_comes_after_those_that_it_needs():
    resources = f"A: {group('!Ref B')}, B: {group('b', ', DependsOn: C')}, C: {group('c')}"
    assert list(planned(f"Resources: {{{resources}}}").resources) == ["C", "B", "A"]


def test_a_circle_is_refused():
    with pytest.raises(ServiceError, match="Circular dependency"):
        planned(f"Resources: {{A: {group('!Ref B')}, B: {group('!Ref A')}}}")


def test_what_is_not_wanted_is_not_there_to_be_named():
    head = f"Conditions: {{Isnt: !Equals [a, b]}}\nResources:\n  A: {group('a', ', Condition: Isnt')}\n"
    assert list(planned(f"{head}  B: {group('b')}").resources) == ["B"]
    with pytest.raises(ServiceError, match=r"Unresolved resource dependencies \[A\]"):
        planned(f"{head}  B: {group('!Ref A')}")


@pytest.mark.parametrize(
    ("rules", "given", "text"),
    [
        ("{Type: String}", {}, "must have values"),
        ("{Type: String, AllowedValues: [a]}", {"P": "b"}, "AllowedValues"),
        ("{Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: small}", {"P": "B"}, "small"),
        ("{Type: String, Default: a}", {"Q": "b"}, "do not exist"),
    ],
)
def test_a_parameter_that_can_not_be_used_is_refused(rules, given, text):
    with pytest.raises(ServiceError, match=text):
        name_of_one("!Ref P", f"Parameters: {{P: {rules}}}", **given)


def test_a_rule_that_does_not_hold_is_told_in_its_own_words():
    rule = "Rules: {R: {Assertions: [{Assert: !Equals [!Ref P, a], AssertDescription: P must be a}]}}"
    head = f"Parameters: {{P: {{Type: String}}}}\n{rule}"
    assert name_of_one("!Ref P", head, P="a") == "a"
    with pytest.raises(ServiceError, match="P must be a"):
        name_of_one("!Ref P", head, P="b")


@pytest.mark.parametrize("value", ["!Select [0, [a]]", "!ImportValue x"])
def test_a_function_that_is_not_offline_says_so(value):
    with pytest.raises(NotImplementedError, match="GetAtt, Sub, Join"):
        name_of_one(value)


def test_a_property_that_nothing_obeys_is_refused():
    with pytest.raises(NotImplementedError, match="KmsKeyId"):
        planned("Resources: {A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: a, KmsKeyId: k}}}")


def test_a_type_that_is_not_offline_is_refused():
    with pytest.raises(ServiceError, match=r"Unrecognized resource types: \['AWS::SQS::Queue'\]"):
        planned("Resources: {A: {Type: AWS::SQS::Queue}}")
