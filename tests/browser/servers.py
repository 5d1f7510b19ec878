"""JupyterLab and Voilà on a free port of this machine, with settings of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from helpers.app import LARGEST_MESSAGE, voila_command

PATIENCE = 60  # seconds until a server must answer


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


@contextmanager
def jupyterlab(folder: Path, notebooks: Path) -> Iterator[str]:
    """The address of a JupyterLab that shows `notebooks`; `folder` keeps its settings and its log."""
    port, news = free_port(), folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", f"--notebook-dir={notebooks}",
        "--IdentityProvider.token=", "--allow-root",
        f"--ServerApp.tornado_settings={{'websocket_max_message_size': {LARGEST_MESSAGE}}}",
        # What it would ask other hosts for.
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    with _serving(command, dict(os.environ), folder, f"http://127.0.0.1:{port}/api") as _:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def voila(folder: Path, notebook: Path, options: Sequence[str] = ()) -> Iterator[str]:
    """The address of the page that `make app` serves."""
    port = free_port()
    command, environment = voila_command(notebook, "--no-browser", f"--port={port}", *options)
    with _serving(command, environment, folder, f"http://127.0.0.1:{port}/voila/static/voila.js", any_answer=True):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _serving(command: Sequence[str], environment: dict, folder: Path, url: str, any_answer: bool = False) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTERLAB_SETTINGS_DIR": "settings",
           "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "JUPYTER_RUNTIME_DIR": "runtime"}  # fmt: skip
    environment |= {name: str(folder / part) for name, part in own.items()}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(url, process, folder / "server.log", any_answer)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(url: str, process: subprocess.Popen, log: Path, any_answer: bool) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, ConnectionError, TimeoutError) as error:
            if any_answer and hasattr(error, "code"):
                return
            time.sleep(0.2)
    raise RuntimeError(f"no answer from {url}\n{log.read_text()}")
