"""The checker for what botocore leaves unchecked, on small shapes and on patterns that models hold."""

import io
import re

import pytest
from botocore.model import DenormalizedStructureBuilder
from botocore.session import get_session

from helpers.local.constraints import java_pattern, refusal, violations


def shape(**members):
    return DenormalizedStructureBuilder().with_members(members).build_model()


def said(value, /, **member):
    """What is said about a value of one member, without where it stands."""
    return [text.partition("constraint: ")[2] for text in violations({"Thing": value}, shape(Thing=member))]


@pytest.mark.parametrize(
    ("good", "bad", "rule", "member"),
    [
        ("ab", "a", "length greater than or equal to 2", {"type": "string", "min": 2}),
        ("ab", "abc", "length less than or equal to 2", {"type": "string", "max": 2}),
        (b"ab", b"abc", "length less than or equal to 2", {"type": "blob", "max": 2}),
        (2, 1, "value greater than or equal to 2", {"type": "integer", "min": 2}),
        (0.5, 1.5, "value less than or equal to 1", {"type": "float", "max": 1}),
        ("File", "Pope", "enum value set: [File, Pipe]", {"type": "string", "enum": ["File", "Pipe"]}),
        ("a-1", "a_1", "regular expression pattern: [a-z0-9-]+", {"type": "string", "pattern": "[a-z0-9-]+"}),
        (["a"], ["a", "b"], "length less than or equal to 1", {"type": "list", "max": 1, "member": {"type": "string"}}),
        ({"a": "b"}, {}, "length greater than or equal to 1",
         {"type": "map", "min": 1, "key": {"type": "string"}, "value": {"type": "string"}}),
    ],
)  # fmt: skip
def test_a_broken_constraint_is_named(good, bad, rule, member):
    assert said(good, **member) == []
    assert said(bad, **member) == [f"Member must {'have' if 'than' in rule else 'satisfy'} {rule}"]


def test_a_place_inside_is_told_as_aws_tells_it():
    short = {"type": "string", "max": 1}
    item = {"type": "structure", "members": {"ChannelName": short}}
    inside = shape(InputDataConfig={"type": "list", "member": item},
                   HyperParameters={"type": "map", "key": short, "value": short})  # fmt: skip
    texts = violations({"InputDataConfig": [{}, {"ChannelName": "ab"}], "HyperParameters": {"k": "20", "dim": "1"}}, inside)
    assert [re.findall("'(.*?)'", text) for text in texts] == [
        ["ab", "inputDataConfig.2.member.channelName"], ["20", "hyperParameters.k"], ["dim", "hyperParameters.key"],
    ]  # fmt: skip


def test_a_refusal_counts_what_is_wrong():
    two = shape(A={"type": "string", "max": 1}, B={"type": "string", "max": 1})
    assert refusal({"A": "a"}, two) == refusal({}, None) == ""
    assert refusal({"A": "aa"}, two).startswith("1 validation error detected: Value 'aa' at 'a' failed")
    assert refusal({"A": "aa", "B": "bb"}, two).startswith("2 validation errors detected: ")


def test_a_long_value_is_cut_in_the_text():
    (text,) = violations({"A": "x" * 5000}, shape(A={"type": "string", "max": 1}))
    assert len(text) < 400 and "…" in text


def test_an_open_file_has_no_length():
    assert said(io.BytesIO(b"abc"), type="blob", max=1) == []


@pytest.mark.parametrize(
    ("service", "operation", "answer"),
    [
        ("personalize", "DescribeDatasetImportJob", {"datasetImportJob": {"roleArn": "arn:aws:iam::000000000000:role/reader"}}),
        ("bedrock", "GetFoundationModel", {"modelDetails": {"modelName": "Titan Multimodal Embeddings G1"}}),
        ("bedrock", "ListFoundationModels", {"modelSummaries": [{"modelName": "Titan Multimodal Embeddings G1"}]}),
    ],
)
def test_where_the_model_is_wrong_it_is_still_wrong_and_passed_over(service, operation, answer, monkeypatch):
    output = get_session().get_service_model(service).operation_model(operation).output_shape
    assert violations(answer, output) == []
    monkeypatch.setattr("helpers.local.constraints.MODEL_ERRORS", {})
    assert len(violations(answer, output)) == 1


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"[\w+=,.@-]+", ["a_B-1"], ["é", "a b", "", "a\n"]),  # Java's \w is ASCII
        (r"\d+K", ["16K"], ["١٦K"]),
        (r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*", ["a", "1-_"], ["-a", "a b", "a\n"]),  # the whole text, though nothing ends it
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", ["für alle\u3000 ½_@", ""], ["a?", "a\tb"]),  # letters of every script
        (r"\p{ASCII}{0,1500}", ["a\n~", ""], ["é", "a" * 1501]),
        (r"arn:[\p{Alnum}\-]+:lambda", ["arn:aws-cn:lambda"], ["arn:aws_cn:lambda"]),
        (r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", ["/", "/a/"], ["/a", "//a b/"]),
        (r"[\u0020-\u007E\uE000-\uFFFD\u10000-\u10FFFF]+", ["a\U0001f600"], ["\u4e00", "\n"]),
        (r"rate\(\d+ days?\)", ["rate(1 day)", "rate(7 days)"], ["rate(7 weeks)", " rate(1 day)"]),
        (r"([a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-)", ["a-b"], ["a-"]),
    ],
)
def test_a_pattern_written_for_java_means_the_same_here(pattern, matching, other):
    read = java_pattern(pattern)
    assert [text for text in matching if not read.fullmatch(text)] == []
    assert [text for text in other if read.fullmatch(text)] == []


def test_a_class_of_characters_that_is_not_translated_is_no_silent_pass():
    with pytest.raises(re.error):
        java_pattern(r"\p{Lu}+")
