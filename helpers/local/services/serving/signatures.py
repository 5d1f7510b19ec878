"""Whether a request is signed as AWS wants it: the signature is made again with botocore's own signer, and compared.

Source: IAM user guide, "AWS Signature Version 4 for API requests".
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

SERVICE = "execute-api"
MOST_SECONDS_OFF = 300  # unconfirmed for HTTP APIs: AWS's services allow five minutes as a rule
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)


def is_signed(method: str, target: str, headers: Mapping[str, str], body: bytes, credentials: Any, region: str) -> bool:
    """Whether the owner of these credentials signed exactly this request, just now.

    target : path and query as they came. headers : by lower-case names.
    """
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None or not headers.keys() >= (signed := set(found[5].split(";"))) or not signed >= {"host", "x-amz-date"}:
        return False
    stamp = headers["x-amz-date"]
    if found.group(1, 2, 3, 4) != (credentials.access_key, stamp[:8], region, SERVICE) or not _is_of_now(stamp):
        return False
    if headers.get("x-amz-content-sha256", digest := hashlib.sha256(body).hexdigest()) != digest:
        return False
    request = AWSRequest(method, f"http://{headers['host']}{target}", {name: headers[name] for name in signed}, body)
    request.context["timestamp"] = stamp
    signer = SigV4Auth(credentials, SERVICE, region)
    try:
        text = signer.string_to_sign(request, signer.canonical_request(request))
    except ValueError:  # a host or target that is none
        return False
    return hmac.compare_digest(signer.signature(text, request), found[6])


def _is_of_now(stamp: str) -> bool:
    try:
        moment = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs((datetime.now(UTC) - moment).total_seconds()) <= MOST_SECONDS_OFF
