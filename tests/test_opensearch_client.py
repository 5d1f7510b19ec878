"""A client of a real OpenSearch signs for what it talks to; nothing is asked of it here."""

from __future__ import annotations

import json
import math
from datetime import date
from uuid import UUID

import boto3
import numpy as np
import pandas as pd
import pytest
import requests
from opensearchpy import SerializationError
from opensearchpy.serializer import JSONSerializer

from helpers.opensearch_client import FastSerializer, connect_to_opensearch


@pytest.mark.parametrize(
    ("host", "told", "flavour", "service"),
    [
        ("search-x.eu-west-1.es.amazonaws.com", None, "domain", "es"),
        ("x.eu-west-1.aoss.amazonaws.com", None, "serverless-classic", "aoss"),
        ("x.aoss.eu-west-1.on.aws", None, "serverless-nextgen", "aoss"),
        ("x.eu-west-1.aoss.amazonaws.com", "serverless-nextgen", "serverless-nextgen", "aoss"),
        ("pictures.example.com", "serverless-classic", "serverless-classic", "aoss"),
    ],
)
def test_an_endpoint_of_aws_is_signed_for_what_it_is(host, told, flavour, service):
    session = boto3.Session("testing", "testing", region_name="eu-west-1")
    client = connect_to_opensearch(f"https://{host}", told, session)
    assert client.flavour.name == flavour
    signed = client.transport.get_connection().session.auth(requests.Request("GET", f"https://{host}/").prepare())
    assert f"/eu-west-1/{service}/aws4_request" in signed.headers["Authorization"]


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("https://search-x.eu-west-1.es.amazonaws.com", "https://search-x.eu-west-1.es.amazonaws.com:443"),
        ("search-x.eu-west-1.es.amazonaws.com", "https://search-x.eu-west-1.es.amazonaws.com:443"),
        ("http://localhost", "http://localhost:9200"),
        ("http://localhost:9201/", "http://localhost:9201"),
    ],
)
def test_the_endpoint_says_where_and_how(endpoint, url):
    assert connect_to_opensearch(endpoint).transport.get_connection().base_url == url


def test_a_server_of_one_s_own_gets_the_name_and_password_and_no_signature():
    session = boto3.Session("testing", "testing", region_name="eu-west-1")
    client = connect_to_opensearch("https://reader:p%40ss@pictures.example.com", session=session)
    assert client.transport.get_connection().session.auth == ("reader", "p@ss")


SENT = [
    {"query": {"knn": {"image_vector": {"vector": [0.1, -1e-9, 3.0, 0.30000001192092896], "k": 10}}}, "_source": ["title"]},
    {"title": "Kätzchen 猫 \"quoted\" \\ \u2028\n", "nothing": None, "yes": True, 7: "a number as a name"},
    [np.float32(0.1), np.float64(0.1), np.int64(7), np.bool_(True), np.arange(3), pd.Timestamp("2024-02-29"), pd.Series([1, 2])],
    {"when": date(2024, 2, 29), "id": UUID(int=7), "large": 2**53, "least": 5e-324},
    {},
]  # fmt: skip


@pytest.mark.parametrize("sent", SENT, ids=str)
def test_the_quick_serializer_says_the_same_as_opensearch_py_s(sent):
    ours, theirs = FastSerializer().dumps(sent), JSONSerializer().dumps(sent)
    assert json.loads(ours) == json.loads(theirs)


def test_the_quick_serializer_leaves_text_and_refuses_what_has_no_json():
    serializer = FastSerializer()
    for sent in ('{"sent": "as it is"}', b'{"index": {}}\n{}\n'):
        assert serializer.dumps(sent) is sent
    assert serializer.loads('{"a": [1]}') == {"a": [1]}
    assert math.isnan(json.loads(serializer.dumps([math.nan]))[0])  # so a node refuses it, as it does from opensearch-py's own
    for sent in ({"a": object()}, {"a": "\ud800"}):
        with pytest.raises(SerializationError):
            serializer.dumps(sent)
