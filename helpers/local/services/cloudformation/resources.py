"""The resource types of the workshop's first stack, and what becomes of one of them in the offline account."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ...arns import arn
from ...errors import ServiceError
from ...store import Store
from .resolution import Kind


class NameTaken(ServiceError):
    """Something has this name already. unconfirmed: the rest of the text in which AWS says so."""

    def __init__(self, name: str):
        super().__init__("AlreadyExists", f"{name} already exists")


class Thing:
    """A thing that nothing else offline asks about: the stack knows that it is there, and that is all.

    named_by : the property that holds its name. known : the other properties that the workshop's template gives.
    """

    def __init__(self, named_by: str, known: Collection[str] = ()):
        self._named_by, self._known = named_by, {named_by, "Tags", *known}

    def name(self, properties: Mapping[str, Any]) -> str:
        """The physical id. Raises NotImplementedError for a property that nothing offline would obey."""
        if unknown := sorted(properties.keys() - self._known):
            raise NotImplementedError(f"the offline CloudFormation does not support {', '.join(unknown)} here")
        return properties[self._named_by]

    def attributes(self, name: str) -> Mapping[str, str]:
        """None."""
        return {}

    def refuse_if_taken(self, name: str) -> None:
        """Nothing else has such names."""

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        """Nothing to do."""

    def remove(self, name: str) -> None:
        """Nothing to do."""


class Bucket(Thing):
    """A bucket in the offline S3. OwnershipControls are right as they are: the account has one owner."""

    def __init__(self, s3: Any):
        super().__init__("BucketName", ("BucketEncryption", "PublicAccessBlockConfiguration", "OwnershipControls"))
        self._s3 = s3

    def attributes(self, name: str) -> Mapping[str, str]:
        return {"Arn": arn("s3", name)}

    def refuse_if_taken(self, name: str) -> None:
        if self._is_there(name):
            raise NameTaken(name)

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        s3, here = self._s3, {"Bucket": name}
        if not self._is_there(name):
            place = {} if s3.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": s3.region}}
            s3.create_bucket(**here, **place)
        rules = [
            {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
            for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        ]
        s3.put_bucket_encryption(**here, ServerSideEncryptionConfiguration={"Rules": rules})
        closed = properties["PublicAccessBlockConfiguration"]
        s3.put_public_access_block(**here, PublicAccessBlockConfiguration=closed)
        s3.put_bucket_tagging(**here, Tagging={"TagSet": _all_tags(properties, tags)})

    def remove(self, name: str) -> None:
        if self._is_there(name):
            self._s3.delete_bucket(Bucket=name)

    def _is_there(self, name: str) -> bool:
        return self._s3.files.has_bucket(name)


class BucketPolicy(Thing):
    """The policy of a bucket."""

    def __init__(self, s3: Any):
        super().__init__("Bucket", ("PolicyDocument",))
        self._s3 = s3

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        self._s3.put_bucket_policy(Bucket=name, Policy=json.dumps(properties["PolicyDocument"]))

    def remove(self, name: str) -> None:
        if self._s3.files.has_bucket(name):
            self._s3.delete_bucket_policy(Bucket=name)


class Identity(Thing):
    """A role or a managed policy in the offline IAM. folder : where its records lie. resource : its kind in ARNs."""

    def __init__(self, store: Store, folder: str, resource: str, named_by: str, known: Collection[str]):
        super().__init__(named_by, ("Description", *known))
        self._store, self._folder, self._resource, self._own_name = store, folder, resource, named_by

    def name(self, properties: Mapping[str, Any]) -> str:
        own = super().name(properties)
        return own if self._resource == "role" else arn("iam", f"{self._resource}/{own}")  # a policy's Ref is its ARN

    def attributes(self, name: str) -> Mapping[str, str]:
        return {"Arn": arn("iam", f"{self._resource}/{name}")} if self._resource == "role" else {"PolicyArn": name}

    def refuse_if_taken(self, name: str) -> None:
        if self._store.read(self._folder, name.rpartition("/")[2]):
            raise NameTaken(name)

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        record = {**properties, "Tags": _all_tags(properties, tags)}
        self._store.write(self._folder, properties[self._own_name], record)

    def remove(self, name: str) -> None:
        self._store.delete(self._folder, name.rpartition("/")[2])


class Search(Thing):
    """A domain or a collection. All of them are the one offline node; when the last goes, its indices go with it."""

    def __init__(self, store: Store, service: str, region: str, named_by: str, known: Collection[str], wipe: Callable[[], None]):
        super().__init__(named_by, known)
        self._store, self._service, self._region, self._wipe = store, service, region, wipe

    def attributes(self, name: str) -> Mapping[str, str]:
        token = hashlib.sha256(name.encode()).hexdigest()[:20]
        if self._service == "es":
            host = f"search-{name}-{token}.{self._region}.es.amazonaws.com"
            return {"DomainEndpoint": host, "Arn": arn("es", f"domain/{name}", self._region)}
        host = f"https://{token}.{self._region}.aoss.amazonaws.com"
        return {"CollectionEndpoint": host, "Arn": arn("aoss", f"collection/{token}", self._region)}

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        self._store.write("opensearch-endpoints", f"{self._service}-{name}", {"Name": name})

    def remove(self, name: str) -> None:
        self._store.delete("opensearch-endpoints", f"{self._service}-{name}")
        if not self._store.all("opensearch-endpoints"):
            self._wipe()


def resource_kinds(store: Store, s3: Any, region: str, wipe_indices: Callable[[], None]) -> dict[str, Kind]:
    """What the offline CloudFormation can make, by resource type.

    s3 : the service that answers for S3. wipe_indices : removes every index of the offline node.
    """
    serverless, policy = "AWS::OpenSearchServerless", ("Type", "Policy")
    domain = ["EngineVersion", "ClusterConfig", "EBSOptions", "EncryptionAtRestOptions", "NodeToNodeEncryptionOptions"]
    domain += ["DomainEndpointOptions", "AccessPolicies"]
    collection = ("Type", "CollectionGroupName", "StandbyReplicas")
    group = ("Generation", "StandbyReplicas", "CapacityLimits")
    return {
        "AWS::S3::Bucket": Bucket(s3),
        "AWS::S3::BucketPolicy": BucketPolicy(s3),
        "AWS::IAM::Role": Identity(store, "iam/roles", "role", "RoleName", ("AssumeRolePolicyDocument", "Policies")),
        "AWS::IAM::ManagedPolicy": Identity(store, "iam/policies", "policy", "ManagedPolicyName", ("PolicyDocument",)),
        "AWS::OpenSearchService::Domain": Search(store, "es", region, "DomainName", domain, wipe_indices),
        f"{serverless}::Collection": Search(store, "aoss", region, "Name", collection, wipe_indices),
        f"{serverless}::CollectionGroup": Thing("Name", group),
        f"{serverless}::SecurityPolicy": Thing("Name", policy),
        f"{serverless}::AccessPolicy": Thing("Name", policy),
    }


def _all_tags(properties: Mapping[str, Any], tags: Mapping[str, str]) -> list[dict[str, str]]:
    own = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    return [{"Key": key, "Value": value} for key, value in sorted({**tags, **own}.items())]
