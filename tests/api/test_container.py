"""The function's clients: quick to give up, signed with the function's role, and made once."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError
from opensearchpy import Urllib3AWSV4SignerAuth, Urllib3HttpConnection
from serving_world import refuse

from helpers.api.container import SEARCH_SECONDS, NoTaste, OnceEmbedder, TellingRanker, _opensearch, container
from helpers.index_flavours import FLAVOURS
from helpers.settings import EMBEDDERS
from helpers.stack import TEMPLATE
from helpers.vector_index import DIMENSION


def clients(here):
    return {
        "bedrock-runtime": here.engine.embedder.bedrock_runtime, "personalize-events": here.personalize_events,
        "personalize-runtime": here.engine.personalize_runtime.rank.__self__,
    }  # fmt: skip


def test_every_client_gives_up_soon(function):
    seconds = 0.0
    for client in clients(container()).values():
        config = client.meta.config
        assert config.connect_timeout == 1 and config.read_timeout <= 5 and config.retries["total_max_attempts"] == 2
        if client.meta.service_model.service_name != "personalize-events":
            seconds += 2 * (config.connect_timeout + config.read_timeout)
    # One vector, one ranking, and the index twice, as where Personalize fails: within API Gateway's 30 seconds.
    assert seconds + 2 * SEARCH_SECONDS <= 30


def test_there_is_one_container(function):
    assert container() is container()


def test_a_domain_and_a_collection_are_asked_with_a_signature(function):
    hosts = {"es": "search-workshop.us-east-1.es.amazonaws.com", "aoss": "x.us-east-1.aoss.amazonaws.com"}
    for service in {flavour.signing_name for flavour in FLAVOURS.values()}:
        client = _opensearch(f"https://{hosts[service]}", service)
        [connection] = client.transport.connection_pool.connections
        assert connection.host == f"https://{hosts[service]}:443" and client.transport.max_retries == 1
        auth = client.transport.kwargs["http_auth"]
        assert isinstance(auth, Urllib3AWSV4SignerAuth) and auth.signer.service == service


def test_a_server_of_ones_own_is_asked_with_user_and_password(monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    [connection] = _opensearch("https://ada:p%40ss@search.example:9243/", "none").transport.connection_pool.connections
    assert isinstance(connection, Urllib3HttpConnection) and connection.host == "https://search.example:9243"
    assert connection.headers["authorization"].startswith("Basic ")
    [connection] = _opensearch("http://127.0.0.1:9200", "none").transport.connection_pool.connections
    assert connection.host == "http://127.0.0.1:9200" and "authorization" not in connection.headers


def test_the_ranker_tells_its_failures_from_others():
    def fail(**_):
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetPersonalizedRanking")

    with pytest.raises(NoTaste) as caught:
        TellingRanker(fail).get_personalized_ranking(userId="u1")
    assert isinstance(caught.value.__cause__, ClientError)
    assert TellingRanker(lambda **asked: asked).get_personalized_ranking(userId="u1") == {"userId": "u1"}


def test_a_query_is_embedded_once(function, served):
    once = OnceEmbedder(container().engine.embedder)
    vector = once.embed(text="cat")
    served[1].errors["bedrock-runtime", "invoke_model"] = refuse("ThrottlingException", 429)
    assert once.embed(text="cat") is vector and len(vector) == DIMENSION == once.dimension


def test_what_the_template_names_is_there():
    text = TEMPLATE.with_name("search_api.yaml").read_text(encoding="utf-8")
    assert "AllowedValues: [titan, nova]" in text and set(EMBEDDERS) == {"titan", "nova", "clip"}
