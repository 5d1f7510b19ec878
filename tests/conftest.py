"""Every run of the tests: a data folder of its own, no AWS settings, and a guard at the door of the network."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

GUARD = Path(__file__).parent / "guard"
WEIGHTS = Path(__file__).parents[1] / "seeds" / "titan_offline"
FOLDER = pytest.StashKey[Path]()
LONGEST = ["walk", "test_notebooks_again", "test_walks", "test_whole_walk", "test_wiring", "test_members_read", "test_measure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    # Read before the environment is cleaned: tests/congruence alone goes there.
    url, text = os.environ.get("OPENSEARCH_URL"), "a real OpenSearch, on which tests/congruence runs too (also OPENSEARCH_URL)"
    parser.addoption("--opensearch-url", default=url, help=text)


def pytest_configure(config: pytest.Config) -> None:
    # A worker of pytest-xdist writes into the log of the process that started it.
    log = os.environ.get("WORKSHOP_SOCKET_LOG") if hasattr(config, "workerinput") else None
    for name in [name for name in os.environ if name.startswith(("AWS_", "WORKSHOP_", "OPENSEARCH_"))]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="workshop-tests-"))
    config.stash[FOLDER] = folder
    os.environ["WORKSHOP_DATA"] = str(folder / "data")
    os.environ["WORKSHOP_SOCKET_LOG"] = log or str(folder / "sockets.log")
    if url := config.getoption("opensearch_url"):
        os.environ["WORKSHOP_SOCKET_ALLOWED"] = urlsplit(url if "://" in url else f"https://{url}").hostname or ""
    # Kernels and child processes inherit the guard through PYTHONPATH; this process loads it here.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))
    spec = importlib.util.spec_from_file_location("socket_guard", GUARD / "sitecustomize.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _share(nodeid: str) -> str:
    """What one worker takes as a whole: a file, or all the notebooks with what starts from their data."""
    path = Path(nodeid.split("::")[0])
    return "walk" if path.suffix == ".ipynb" or path.parent.name in ("mutation", "browser") else path.stem


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest shares come first, so that no worker is left alone with one at the end."""
    places = {share: place for place, share in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(_share(item.nodeid), len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Shares(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _share(nodeid)

    return Shares(config, log)


def _violations(config: pytest.Config) -> list[str]:
    log = config.stash[FOLDER] / "sockets.log"
    return log.read_text().splitlines() if log.exists() else []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Tests and notebooks that all pass still fail the run when anything reached for the network."""
    if _violations(session.config) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if found := _violations(config):
        terminalreporter.section("the network was reached for")
        for line in sorted(set(found)):
            terminalreporter.write_line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.fixture
def titan():
    """The stand-in for Titan, counting its pictures; with `fault = (n, code)` it refuses what comes after n of them."""
    from helpers.local.errors import ServiceError
    from helpers.local.services.bedrock_runtime import BedrockRuntime

    class Counted(BedrockRuntime):
        pictures = 0
        fault: tuple[int, str] | None = None

        def invoke_model(self, *, modelId, body, contentType="", accept=""):
            self.pictures += b"inputImage" in (body if isinstance(body, bytes) else body.encode())
            if self.fault and self.pictures > self.fault[0]:
                raise ServiceError(self.fault[1], "as the test wishes")
            return super().invoke_model(modelId=modelId, body=body)

    return Counted(WEIGHTS)


@pytest.fixture
def bedrock_runtime(titan):
    """A client that `titan` answers."""
    from helpers.local.session import LocalSession

    return LocalSession({"bedrock-runtime": titan}).client("bedrock-runtime")


@pytest.fixture
def embedder(bedrock_runtime):
    """Titan behind the interface that every model has."""
    from helpers.embedder import TitanEmbedder

    return TitanEmbedder(bedrock_runtime)


@pytest.fixture
def pictures(tmp_path):
    """Twelve small pictures of noise, as files."""
    import numpy as np
    from PIL import Image

    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(5)
    paths = [folder / f"{number}.png" for number in range(12)]
    for path in paths:
        Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)).resize((64, 64)).save(path)
    return paths


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """(workshop, trouble): forty pictures done up to the campaign, and what its services are made to meet."""
    from serving_world import build_world

    return build_world(tmp_path_factory.mktemp("served"))
