"""The guard at the door of the network sees what it must, and fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
REACH = {
    "look-up": "socket.getaddrinfo('pictures.invalid', 80)",
    "look-alike": "socket.getaddrinfo('localhost.pictures.invalid', 80)",
    "connection": "socket.socket().connect_ex(('192.0.2.1', 9))",
    "datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    "in a thread": "t = threading.Thread(target=lambda: socket.gethostbyname('pictures.invalid')); t.start(); t.join()",
    "in a child": "subprocess.run([sys.executable, '-c', 'import socket; socket.gethostbyname(\\'pictures.invalid\\')'])",
}


def run(tmp_path, statement):
    """The exit status and output of a test run whose only test passes after this statement."""
    (tmp_path / "test_it.py").write_text(
        "import contextlib, socket, subprocess, sys, threading\n\n\ndef test_it():\n    socket.setdefaulttimeout(0.2)\n"
        f"    with contextlib.suppress(OSError):\n        {statement}\n"
    )
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", "-W", "ignore", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("way", REACH)
def test_a_run_that_reaches_for_the_network_fails_though_its_tests_pass(tmp_path, way):
    status, output = run(tmp_path, REACH[way])
    assert "1 passed" in output
    assert status == 1, output
    assert "the network was reached for" in output


def test_a_run_that_stays_on_this_machine_passes(tmp_path):
    assert run(tmp_path, "socket.getaddrinfo('localhost', 80); socket.socket().connect_ex(('127.0.0.1', 9))")[0] == 0


@pytest.mark.parametrize(
    ("url", "statement", "status"),
    [
        ("https://name:word@search.invalid", "socket.getaddrinfo('search.invalid', 443)", 0),
        ("http://192.0.2.1:9200", "socket.socket().connect_ex(('192.0.2.1', 9200))", 0),
        ("https://search.invalid", "socket.getaddrinfo('other.search.invalid', 443)", 1),
    ],
)
def test_the_one_server_that_opensearch_url_names_may_be_reached(tmp_path, monkeypatch, url, statement, status):
    monkeypatch.setenv("OPENSEARCH_URL", url)
    assert run(tmp_path, f"import os; assert 'OPENSEARCH_URL' not in os.environ; {statement}")[0] == status


def test_a_process_may_be_sent_to_another_date():
    show = [sys.executable, "-c", "import datetime, time; print(datetime.datetime.now(datetime.UTC).date(), int(time.time()))"]
    shown = subprocess.run(show, env=os.environ | {"WORKSHOP_TEST_DATE": "2028-02-29T12:00:00"}, capture_output=True, text=True)
    assert shown.stdout.startswith("2028-02-29 18354384"), shown.stderr
