"""What a container of the function keeps from one request to the next: clients and names, made when first needed.

Every client waits for seconds at most and tries twice, so that an answer, or an honest "try again", leaves before API
Gateway gives up (after 30 seconds).
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import get_cert_path
from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth

from ..embedder import Embedder, Purpose, TitanEmbedder
from ..nova import NovaEmbedder
from ..search import SearchEngine

EMBEDDERS: Mapping[str, type[TitanEmbedder] | type[NovaEmbedder]] = {"titan": TitanEmbedder, "nova": NovaEmbedder}
SEARCH_SECONDS = 6


class NoTaste(RuntimeError):
    """Personalize did not rank; its own error is the cause."""


@dataclass(frozen=True)
class Container:
    """The search engine, and where events go. tracking_id: None where there is no event tracker."""

    engine: SearchEngine
    personalize_events: Any
    tracking_id: str | None


@cache
def container() -> Container:
    """This container's clients, by the function's environment variables; the same ones ever after."""
    setting = os.environ
    embedder = EMBEDDERS[setting["EMBEDDER"]](_client("bedrock-runtime", 5), int(setting["DIMENSION"]))
    engine = SearchEngine(
        embedder,
        _opensearch(setting["OPENSEARCH_ENDPOINT"], setting["OPENSEARCH_SERVICE"]),
        TellingRanker(_client("personalize-runtime", 2).get_personalized_ranking),
        setting["INDEX_NAME"],
        setting.get("CAMPAIGN_ARN") or None,
    )
    return Container(engine, _client("personalize-events", 3), setting.get("TRACKING_ID") or None)


@dataclass(frozen=True)
class TellingRanker:
    """A client of Personalize's ranking whose failures say that they are Personalize's, not Titan's or OpenSearch's."""

    rank: Callable[..., Mapping[str, Any]]

    def get_personalized_ranking(self, **arguments: Any) -> Mapping[str, Any]:
        """The client's own answer. Raises NoTaste."""
        try:
            return self.rank(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise NoTaste from error


class OnceEmbedder:
    """The same model, which remembers the vector of the one query of a request: a second search by it costs nothing."""

    def __init__(self, embedder: Embedder):
        self.model, self.dimension, self.on_bedrock = embedder.model, embedder.dimension, embedder.on_bedrock
        self._embedder, self._vector = embedder, list[float]()

    def embed(self, *, text: str | None = None, image: str | None = None, purpose: Purpose = "query") -> list[float]:
        """The vector of the first query that it was given."""
        self._vector = self._vector or self._embedder.embed(text=text, image=image, purpose=purpose)
        return self._vector


def _client(service: str, seconds: float) -> Any:
    retries: Any = {"mode": "standard", "total_max_attempts": 2}
    return boto3.client(service, config=Config(retries=retries, connect_timeout=1, read_timeout=seconds))


def _opensearch(endpoint: str, service: str) -> OpenSearch:
    """A client that signs with the function's own role, or takes the user and password that stand in the endpoint."""
    url = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    session, secure = boto3.Session(), url.scheme == "https"
    auth: Any = (unquote(url.username), unquote(url.password or "")) if url.username else None
    if auth is None and service != "none":
        auth = Urllib3AWSV4SignerAuth(session.get_credentials(), session.region_name, service)
    return OpenSearch(
        hosts=[{"host": url.hostname, "port": url.port or (443 if secure else 9200)}],
        http_auth=auth,
        use_ssl=secure,
        verify_certs=secure,
        ca_certs=get_cert_path(True) if secure else None,  # botocore's, which the runtime has
        timeout=SEARCH_SECONDS,
        max_retries=1,
    )
