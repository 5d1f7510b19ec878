"""The client of OpenSearch, on AWS or anywhere else, and its patience with a node that is too busy."""

from __future__ import annotations

import logging
import time
from itertools import count
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from opensearchpy import RequestsAWSV4SignerAuth, RequestsHttpConnection, SerializationError, SSLError, Transport, TransportError
from opensearchpy.serializer import JSONSerializer
from pydantic_core import PydanticSerializationError, to_json

from .index_flavours import FLAVOURS, Flavour, FlavouredClient, flavour_of_host

MOST_RETRIES = 10  # of a node that answers, or takes too long to
MOST_RECONNECTIONS = 5
BUSY = (429, 502, 503, 504, "TIMEOUT")
LONGEST_PAUSE = 10.0  # seconds


class FastSerializer(JSONSerializer):
    """opensearch-py's own serializer, with a quicker writer of numbers.

    Python's json takes half a millisecond for a vector of 1,024 numbers, this one a tenth of that, at each document and query.
    What opensearch-py knows beyond JSON (NumPy's and pandas' types) it is still asked for; a Decimal becomes a string.
    """

    def dumps(self, data: Any) -> Any:
        """The JSON text; what is text or bytes already, as it is. Raises SerializationError for what has no JSON."""
        if isinstance(data, str | bytes):
            return data
        try:
            return to_json(data, fallback=self.default, inf_nan_mode="constants").decode()
        except (PydanticSerializationError, ValueError, TypeError) as error:
            raise SerializationError(data, error) from error


class PatientTransport(Transport):
    """opensearch-py's own transport, which pauses before it asks again, each time longer.

    The original asks again at once, which does not help a node that is too busy, and takes 429 for a final answer.
    """

    def __init__(self, hosts: Any, *, first_pause: float = 0.0, **options: Any):
        super().__init__(hosts, **{**options, "max_retries": 0, "retry_on_timeout": False})
        self.first_pause = first_pause

    def perform_request(self, *arguments: Any, **options: Any) -> Any:
        """The answer. Raises opensearch-py's error for a refusal, and once the node was busy, or unreachable, too often."""
        for attempt in count():
            # The original takes the time-out out of the parameters, and the next attempt needs it, too.
            fresh = {**options, "params": dict(options.get("params") or {})}
            try:
                return super().perform_request(*arguments, **fresh)
            except TransportError as error:
                unreachable = error.status_code == "N/A" and not isinstance(error, SSLError)
                most = MOST_RETRIES if error.status_code in BUSY else MOST_RECONNECTIONS if unreachable else 0
                if attempt >= most:
                    raise
            time.sleep(min(LONGEST_PAUSE, self.first_pause * 2**attempt))


class PatientClient(FlavouredClient):
    """A flavoured client with a patient transport; no pause where there is no time to wait for."""

    def __init__(self, hosts: Any, *, flavour: Flavour, **options: Any):
        # Its log says in red, at every attempt, what the exception says in the end; who configures logging still gets it.
        logging.getLogger("opensearch").addHandler(logging.NullHandler())
        pause = 0.2 if flavour.visible_seconds else 0.0
        options = {"serializer": FastSerializer(), **options}
        super().__init__(hosts, flavour=flavour, transport_class=PatientTransport, first_pause=pause, **options)


def connect_to_opensearch(
    endpoint: str, flavour: str | None = None, session: boto3.Session | None = None
) -> PatientClient:
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
    return PatientClient(
        hosts=[{"host": host, "port": url.port or (443 if secure else 9200)}],
        flavour=rules,
        http_auth=auth,
        use_ssl=secure,
        verify_certs=secure,
        connection_class=RequestsHttpConnection,
        timeout=60,  # a NextGen collection that slept wakes up within 10 to 30 seconds
    )
