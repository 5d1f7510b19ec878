"""Every failure becomes one line that names the next step."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import NotFoundError, RequestError, TransportError

from helpers.explorer.advice import advice
from helpers.search import EmptyQuery
from helpers.state import NotReady
from helpers.vector_index import SearchError


def refusal(code, operation):
    return ClientError({"Error": {"Code": code, "Message": "as the test wishes."}}, operation)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refusal("ResourceNotFoundException", "GetPersonalizedRanking"), "campaign is gone.*Run notebook 05"),
        (refusal("ThrottlingException", "GetPersonalizedRanking"), "Personalize is busy.*Wait"),
        (refusal("ThrottlingException", "InvokeModel"), "Titan is busy.*Wait"),
        (refusal("InvalidInputException", "PutEvents"), "click was not taken.*Run notebook 05"),
        (refusal("AccessDeniedException", "InvokeModel"), "does not allow InvokeModel.*Add the permission"),
        (refusal("InternalFailure", "GetPersonalizedRanking"), "InternalFailure.*Wait"),
        (EndpointConnectionError(endpoint_url="https://x"), "Check the network"),
        (NotFoundError(404, "index_not_found_exception", {}), "index is missing. Run notebook 03"),
        (TransportError(429, "too many", {}), "OpenSearch is busy.*Wait"),
        (NoConnection("N/A", "refused", OSError("no")), "does not answer.*OPENSEARCH_URL"),
        (RequestError(400, "bad", {}), "Run notebook 03"),
        (SearchError("There is no index 'a' yet. Run notebook 03."), "Run notebook 03"),
        (EmptyQuery("Type a word."), "^Type a word.$"),
        (NotReady("Run notebook 05 first."), "^Run notebook 05 first.$"),
        (KeyError("x"), "Restart the kernel"),
    ],
)
def test_it_names_the_next_step(error, words):
    line = advice(error)
    assert re.search(words, line) and "\n" not in line and "Traceback" not in line
