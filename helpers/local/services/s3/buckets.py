"""Operations on buckets: create, find, describe, delete, and the documents attached to them."""

import json
import re
import shutil
from datetime import UTC, datetime
from typing import Any

from ...arns import ACCOUNT
from ...errors import ServiceError
from .files import BUCKETS, ObjectFiles

_NAME = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class BucketAccess:
    """What all groups of operations share: the files, the region, and the question whose bucket it is."""

    def __init__(self, files: ObjectFiles, region: str = "us-east-1"):
        self.files = files
        self.region = region

    def _owned(self, bucket: str, owner: str = ACCOUNT) -> dict:
        """The bucket's record. Raises NoSuchBucket, and AccessDenied if another owner was expected."""
        record = self.files.bucket(bucket)
        if owner != ACCOUNT:
            raise ServiceError("AccessDenied", f"Access Denied: {bucket} belongs to {ACCOUNT}", 403)
        return record


class Buckets(BucketAccess):
    """Buckets are records below `s3-state/buckets`; their objects are files below `s3/<bucket>`."""

    def create_bucket(self, *, Bucket: str, CreateBucketConfiguration: dict | None = None) -> dict:
        """The new bucket's location. Creating one's own bucket again is fine in us-east-1, and only there."""
        if not _NAME.fullmatch(Bucket):
            raise ServiceError("InvalidBucketName", f"The specified bucket is not valid: {Bucket}")
        asked = (CreateBucketConfiguration or {}).get("LocationConstraint", "us-east-1")
        if asked != self.region or (self.region == "us-east-1" and CreateBucketConfiguration):
            raise ServiceError(
                "IllegalLocationConstraintException",
                f"The {asked} location constraint is incompatible with the region {self.region}; "
                "us-east-1 takes none, any other region its own name",
            )
        with self.files.store.lock(f"s3/{Bucket}"):
            if self.files.store.read(BUCKETS, Bucket) is None:
                with self.files.store.writing():
                    (self.files.root / Bucket).mkdir(parents=True, exist_ok=True)
                record = {"Name": Bucket, "CreationDate": datetime.now(UTC), "Region": self.region}
                self.files.store.write(BUCKETS, Bucket, record)
            elif self.region != "us-east-1":
                raise ServiceError("BucketAlreadyOwnedByYou", f"You own this bucket already: {Bucket}")
        return {"Location": f"/{Bucket}"}

    def head_bucket(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """The bucket's region. An error has no body here, so its code is the HTTP status."""
        try:
            return {"BucketRegion": self._owned(Bucket, ExpectedBucketOwner)["Region"]}
        except ServiceError as error:
            if error.code == "AccessDenied":
                raise ServiceError("403", "Forbidden", 403) from None
            raise ServiceError("404", "Not Found", 404) from None

    def list_buckets(self) -> dict:
        """All buckets, by name."""
        records = self.files.store.all(BUCKETS)
        buckets = [{"Name": record["Name"], "CreationDate": record["CreationDate"]} for record in records]
        return {"Buckets": buckets, "Owner": {"ID": ACCOUNT}}

    def delete_bucket(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """Nothing. Raises BucketNotEmpty while objects are left."""
        self._owned(Bucket, ExpectedBucketOwner)
        with self.files.store.lock(f"s3/{Bucket}"):
            if self.files.keys(Bucket):
                raise ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
            self.files.store.delete(BUCKETS, Bucket)
            shutil.rmtree(self.files.root / Bucket, ignore_errors=True)
            shutil.rmtree(self.files.store.root / "s3-state" / "metadata" / Bucket, ignore_errors=True)
        return {}

    def get_bucket_location(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """The region; None stands for us-east-1, whose element is empty on the wire."""
        region = self._owned(Bucket, ExpectedBucketOwner)["Region"]
        return {"LocationConstraint": None if region == "us-east-1" else region}

    def put_bucket_policy(
        self,
        *,
        Bucket: str,
        Policy: str,
        ChecksumAlgorithm: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """Nothing. Raises MalformedPolicy for what is not a JSON object with statements."""
        try:
            statements = json.loads(Policy)["Statement"]
        except (ValueError, KeyError, TypeError):
            statements = None
        if not statements:
            raise ServiceError("MalformedPolicy", "This policy contains invalid JSON or no Statement")
        return self._attach(Bucket, ExpectedBucketOwner, Policy=Policy)

    def get_bucket_policy(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """The policy as it was put. Raises NoSuchBucketPolicy."""
        return {"Policy": self._attached(Bucket, ExpectedBucketOwner, "Policy", "NoSuchBucketPolicy")}

    def delete_bucket_policy(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """Nothing, whether there was a policy or not."""
        return self._attach(Bucket, ExpectedBucketOwner, Policy=None)

    def put_bucket_tagging(
        self,
        *,
        Bucket: str,
        Tagging: dict,
        ChecksumAlgorithm: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """Nothing; the new tags replace all others."""
        return self._attach(Bucket, ExpectedBucketOwner, TagSet=Tagging["TagSet"])

    def get_bucket_tagging(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """The tags. Raises NoSuchTagSet."""
        return {"TagSet": self._attached(Bucket, ExpectedBucketOwner, "TagSet", "NoSuchTagSet")}

    def put_public_access_block(
        self,
        *,
        Bucket: str,
        PublicAccessBlockConfiguration: dict,
        ChecksumAlgorithm: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """Nothing. Nobody else can reach the offline bucket anyway; the setting is kept."""
        return self._attach(Bucket, ExpectedBucketOwner, PublicAccess=PublicAccessBlockConfiguration)

    def get_public_access_block(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """What may be public; nothing may in a new bucket, as on AWS since 2023."""
        closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        record = self._owned(Bucket, ExpectedBucketOwner)
        return {"PublicAccessBlockConfiguration": record.get("PublicAccess", dict.fromkeys(closed, True))}

    def put_bucket_encryption(
        self,
        *,
        Bucket: str,
        ServerSideEncryptionConfiguration: dict,
        ChecksumAlgorithm: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """Nothing. The setting is kept; the offline objects stay files that one can open."""
        return self._attach(Bucket, ExpectedBucketOwner, Encryption=ServerSideEncryptionConfiguration)

    def get_bucket_encryption(self, *, Bucket: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """How objects are encrypted: with S3's own keys unless another way was put, as on AWS since 2023."""
        default = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        record = self._owned(Bucket, ExpectedBucketOwner)
        return {"ServerSideEncryptionConfiguration": record.get("Encryption", default)}

    def _attach(self, bucket: str, owner: str, **documents: object) -> dict:
        with self.files.store.lock(f"s3/{bucket}"):
            self.files.store.write(BUCKETS, bucket, {**self._owned(bucket, owner), **documents})
        return {}

    def _attached(self, bucket: str, owner: str, document: str, missing: str) -> Any:
        found = self._owned(bucket, owner).get(document)
        if not found:
            raise ServiceError(missing, f"The bucket {bucket} has no {document}", 404)
        return found
