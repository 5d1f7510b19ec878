"""ARNs and S3 URIs look as AWS writes them."""

import pytest

from helpers.local.arns import arn, name_of, s3_uri, split_s3_uri


def test_arns_carry_region_and_account_where_aws_has_them():
    assert (
        arn("personalize", "campaign/w", "eu-west-1")
        == "arn:aws:personalize:eu-west-1:000000000000:campaign/w"
    )
    assert arn("iam", "role/w") == "arn:aws:iam::000000000000:role/w"
    assert arn("s3", "bucket") == "arn:aws:s3:::bucket"


@pytest.mark.parametrize("text", [arn("personalize", "solution/s/w"), arn("lambda", "function:w"), "w"])
def test_the_name_is_the_last_part(text):
    assert name_of(text) == "w"


def test_an_s3_uri_splits_and_joins():
    assert split_s3_uri("s3://bucket/a/b c//d") == ("bucket", "a/b c//d")
    assert split_s3_uri("s3://bucket") == split_s3_uri("s3://bucket/") == ("bucket", "")
    assert s3_uri(*split_s3_uri("s3://bucket/a//b")) == "s3://bucket/a//b"


@pytest.mark.parametrize("text", ["bucket/key", "https://bucket/key", "s3:///key", "s3:/bucket", ""])
def test_anything_else_is_no_s3_uri(text):
    with pytest.raises(ValueError, match="s3://bucket/key"):
        split_s3_uri(text)
