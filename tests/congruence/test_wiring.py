"""The way to a real server, proved without one: OPENSEARCH_URL, the client that connect() builds, the guard.

What answers here is the stand-in behind real HTTP. That says nothing about OpenSearch; it says that the scenarios would
reach it, and that together they ask for everything that the stand-in answers.
"""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
from congruence.http_node import HttpNode
from congruence.methods import METHODS, ask, documented_parameters
from opensearchpy import AuthenticationException, OpenSearch, TransportError

from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.node import Node
from helpers.settings import read_settings
from helpers.workshop import connect

ROOT = Path(__file__).resolve().parents[2]
DOCKER = (
    "docker run --rm -p 9200:9200 -e discovery.type=single-node -e DISABLE_SECURITY_PLUGIN=true opensearchproject/opensearch:3"
)
HOW = f"to run the scenarios on a real OpenSearch too: {DOCKER}, then set OPENSEARCH_URL=http://localhost:9200"


def client_of(url, tmp_path) -> OpenSearch:
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path), "OPENSEARCH_URL": url})).opensearch


def test_the_server_is_a_real_opensearch(pytestconfig, tmp_path):
    url = pytestconfig.getoption("opensearch_url") or pytest.skip(HOW)
    version = client_of(url, tmp_path).info()["version"]
    assert version["distribution"] == "opensearch"
    assert version["build_type"] != "offline stand-in"
    assert tuple(int(part) for part in version["number"].split(".")[:2]) >= (2, 19)


def test_readme_and_workflow_start_the_same_server():
    assert f"\n{DOCKER}\nOPENSEARCH_URL=http://localhost:9200 make test\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    workflow = (ROOT / ".github" / "workflows" / "congruence.yml").read_text(encoding="utf-8")
    for part in DOCKER.split(" -e ")[1:]:
        name, _, value = part.split()[0].partition("=")
        assert f"          {name}: " in workflow and value in workflow
    assert f"image: {DOCKER.split()[-1]}\n" in workflow and "OPENSEARCH_URL: http://localhost:9200\n" in workflow
    assert "pytest tests/congruence\n" in workflow


def test_every_scenario_runs_over_http_and_together_they_use_every_route(tmp_path):
    node = Node(tmp_path)
    command = [sys.executable, "-m", "pytest", "tests/congruence", "-q", "-p", "no:cacheprovider", "-k", "server"]
    with HttpNode(node) as server:
        environment = os.environ | {"OPENSEARCH_URL": f"http://127.0.0.1:{server.port}"}
        command.append(f"--ignore={Path(__file__).relative_to(ROOT)}")
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    assert " skipped" not in done.stdout
    assert server.answered == {str(route) for route in node.routes}


@pytest.mark.parametrize("route", METHODS)
def test_each_route_is_what_a_method_of_the_client_asks_for(tmp_path, route):
    node, asked = Node(tmp_path), set()
    handle = node.handle
    node.handle = lambda method, path, *rest: asked.add(str(node.routes.find(method, path)[0])) or handle(method, path, *rest)
    client = OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=node)
    client.indices.create(index="pictures", body={"aliases": {"current": {}}})
    client.index(index="pictures", id="1", body={"width": 1})
    asked.clear()
    ask(client, route, "more-pictures" if route == "PUT /{index}" else "pictures")
    assert asked == {route}


def test_no_route_lacks_its_method(tmp_path):
    assert sorted(METHODS) == sorted(str(route) for route in Node(tmp_path).routes)


@pytest.mark.parametrize("route", METHODS)
def test_a_parameter_that_the_client_documents_is_obeyed_or_refused_in_words(tmp_path, route):
    node = Node(tmp_path)
    client = OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=node)
    [obeyed] = [one.parameters for one in node.routes if str(one) == route]
    documented = documented_parameters(route)
    assert obeyed <= documented | {"ignore_unavailable"}
    client.indices.create(index="pictures")
    for name in documented - obeyed - {"pretty", "timeout"}:  # the client keeps timeout to itself
        if route == "HEAD /":
            assert not ask(client, route, "pictures", **{name: "1"})
            continue
        with pytest.raises(TransportError) as caught:
            ask(client, route, "pictures", **{name: "1"})
        assert caught.value.status_code == 501, name
    assert client.indices.get(index="pictures")["pictures"]["mappings"] == {}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    tomorrow = today + datetime.timedelta(1)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), today, tomorrow)
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    key_format = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, *key_format)
    file.write_bytes(private + built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


def test_https_with_a_name_and_a_password(tmp_path, monkeypatch, certificate):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with HttpNode(Node(tmp_path), certificate=certificate, password="reader:p@ss word") as server:
        client = client_of(f"https://reader:p%40ss%20word@localhost:{server.port}", tmp_path)
        assert client.info()["version"]["distribution"] == "opensearch"
        client.close()
        stranger = client_of(f"https://reader:wrong@localhost:{server.port}", tmp_path)
        with pytest.raises(AuthenticationException):
            stranger.info()
        stranger.close()


def test_https_with_a_certificate_that_nobody_trusts_is_refused(tmp_path, certificate):
    with HttpNode(Node(tmp_path), certificate=certificate) as server:
        client = client_of(f"https://localhost:{server.port}", tmp_path)
        with pytest.raises(TransportError, match="certificate verify failed"):
            client.transport.perform_request("GET", "/", params={"request_timeout": 5})
        client.close()
