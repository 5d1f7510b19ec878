"""Names of things: ARNs and S3 URIs, put together and taken apart."""

ACCOUNT = "000000000000"
_GLOBAL = {"iam", "s3"}


def arn(service: str, resource: str, region: str = "us-east-1") -> str:
    """The ARN of `resource`, such as "campaign/workshop", in the offline account.

    IAM ARNs carry no region, S3 ARNs neither region nor account, as on AWS.
    """
    place = "" if service in _GLOBAL else region
    account = "" if service == "s3" else ACCOUNT
    return f"arn:aws:{service}:{place}:{account}:{resource}"


def name_of(arn: str) -> str:
    """The last part of an ARN: "workshop" for "arn:aws:personalize:…:campaign/workshop".

    A string that is no ARN is taken as a name already and comes back unchanged.
    """
    if not arn.startswith("arn:"):
        return arn
    resource = arn.split(":", 5)[-1]
    return resource.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def split_s3_uri(uri: str) -> tuple[str, str]:
    """(bucket, key) of "s3://bucket/key"; the key is "" when the URI names a whole bucket.

    Raises ValueError for anything that is no S3 URI.
    """
    scheme, separator, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not separator or not bucket:
        raise ValueError(f"{uri!r} is no S3 URI; write it as s3://bucket/key")
    return bucket, key


def s3_uri(bucket: str, key: str) -> str:
    """ "s3://bucket/key"."""
    return f"s3://{bucket}/{key}"
