"""The client of a real OpenSearch, on AWS or anywhere else."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from opensearchpy import RequestsAWSV4SignerAuth, RequestsHttpConnection

from .index_flavours import FLAVOURS, FlavouredClient, flavour_of_host


def connect_to_opensearch(
    endpoint: str, flavour: str | None = None, session: boto3.Session | None = None
) -> FlavouredClient:
    """A client of a real OpenSearch; requests to AWS are signed with the session's credentials.

    endpoint: host or URL, with user and password if it wants them. flavour: what it is, whatever its host's name says.
    """
    url = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    auth: Any = (unquote(url.username), unquote(url.password or "")) if url.username else None
    host = url.hostname or ""
    rules = FLAVOURS[flavour or flavour_of_host(host)]
    of_aws = host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".on.aws")) or rules.signing_name == "aoss"
    if session and of_aws:
        auth = RequestsAWSV4SignerAuth(session.get_credentials(), session.region_name, rules.signing_name)
    secure = url.scheme == "https"
    return FlavouredClient(
        hosts=[{"host": host, "port": url.port or (443 if secure else 9200)}],
        flavour=rules,
        http_auth=auth,
        use_ssl=secure,
        verify_certs=secure,
        connection_class=RequestsHttpConnection,
        timeout=60,  # a NextGen collection that slept wakes up within 10 to 30 seconds
        max_retries=5,
        retry_on_timeout=True,
    )
