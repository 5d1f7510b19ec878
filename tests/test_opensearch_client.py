"""A client of a real OpenSearch signs for what it talks to; nothing is asked of it here."""

from __future__ import annotations

import boto3
import pytest
import requests

from helpers.opensearch_client import connect_to_opensearch


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
