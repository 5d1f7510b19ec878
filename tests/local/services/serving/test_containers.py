"""A function's processes: warm, alone with their code, replaced when the code is, and never left behind."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from helpers.settings import REPOSITORY


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended waits for its parent to look: that counts as ended.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def until(condition, seconds=20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_one_client_gets_one_warm_container(api):
    first, second = api.call().body, api.call().body
    assert first["pid"] == second["pid"] != os.getpid() and first["id"] != second["id"]


def test_it_finds_its_own_code_first_and_its_own_variables(api, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_READER", "x")
    told = api.call().body
    assert "lambda/code" in told["path"] and told["environment"]["INDEX_NAME"] == "images"
    assert told["environment"]["AWS_LAMBDA_FUNCTION_NAME"] == "echo-search"
    assert "SECRET_OF_THE_READER" not in told["environment"]


def test_what_it_prints_goes_to_its_log(account, api):
    api.call({"marker": 1})
    log = account.cloud.root / "logs" / "aws" / "lambda" / "echo-search.log"
    assert "asked for ['marker']" in log.read_text()


def test_a_process_with_many_open_files_is_answered_too(account):
    """select() refuses file numbers from 1,024 on; a long visit may have as many."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2048:
        pytest.skip("this machine lets a process open fewer than 2,048 files")
    with ExitStack() as files:
        for _ in range(1100):
            files.enter_context(open(os.devnull, "rb"))
        client = account.deploy("crowded")
        assert client.call().status == 200
        client.close()


def test_new_code_gets_new_containers(account):
    client = account.deploy("changing")
    old = client.call().body["pid"]
    account.upload("other.zip", "def handle(event, context):\n    return {'statusCode': 200, 'body': 'other'}\n")
    client.close()
    client = account.update("changing", CodeKey="other.zip")
    assert client.call().body == b"other"
    assert until(lambda: not is_alive(old))
    client.close()
    account.delete("changing")
    assert not list((account.cloud.root / "lambda" / "code").glob("changing*"))


def test_a_container_that_takes_too_long_is_ended(account):
    from helpers.local.services.serving.containers import Containers, FunctionError

    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    containers = Containers(lambda function: command, account.cloud.root / "slow.log")
    function = {"FunctionName": "slow", "code": "", "Timeout": 0.2}
    with pytest.raises(FunctionError, match="within"):
        containers.invoke(function, {})
    containers.close()


def test_when_the_api_goes_server_and_containers_go(account):
    client = account.deploy("leaving")
    pid = client.call().body["pid"]
    account.delete("leaving")
    assert until(lambda: not is_alive(pid))
    client.close()
    with pytest.raises(ConnectionError):
        client.call()


OWNER = textwrap.dedent("""
    import sys, time
    sys.path.insert(0, {tests!r})
    from pathlib import Path
    from conftest_of_serving import Account
    account = Account(Path({root!r}))
    client = account.client("owned")
    print(client.call().body["pid"], flush=True)
    time.sleep(60)
""")


@pytest.mark.parametrize("signal", [9, 15])
def test_containers_end_with_the_process_that_serves(account, tmp_path, signal):
    """However it ends: killed, as a kernel is, or asked to go."""
    account.deploy("owned").close()
    (tmp_path / "conftest_of_serving.py").write_text(Path(__file__).with_name("conftest.py").read_text())
    script = OWNER.format(tests=str(tmp_path), root=str(account.cloud.root))
    owner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    pid = int(owner.stdout.readline())
    assert is_alive(pid)
    owner.send_signal(signal)
    owner.wait()
    owner.stdout.close()
    assert until(lambda: not is_alive(pid))
    account.delete("owned")
