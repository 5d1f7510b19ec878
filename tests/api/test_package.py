"""The zip: small, the same twice, our files as they are, and nothing that Lambda would miss."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from helpers.api.package import HANDLER, HELPERS, OURS, PACKAGE, VENDORED, build_package
from helpers.local.lambda_runner import RUNTIME
from helpers.stack import TEMPLATE


@pytest.fixture(scope="module")
def content() -> bytes:
    return build_package()


@pytest.fixture(scope="module")
def archive(content) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_it_is_small(content, archive):
    assert len(content) <= 3_000_000
    assert sum(entry.file_size for entry in archive.infolist()) < 50_000_000


def test_the_command_makes_the_same_bytes_elsewhere(content, tmp_path):
    """In another process, with another time zone, locale, hash seed and umask."""
    target = tmp_path / "out.zip"
    env = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-m", "helpers.api.package", str(target)], env=env, cwd=tmp_path, umask=0o077,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert target.read_bytes() == content and f"{len(content):,} bytes" in done.stdout
    assert subprocess.run([sys.executable, "-m", "helpers.api.package"], capture_output=True).returncode == 2


def test_our_files_travel_as_they_are(archive):
    for module in OURS:
        assert archive.read(f"{PACKAGE}/{module}.py") == (HELPERS / f"{module}.py").read_bytes()


def test_nothing_of_ours_is_missing_and_nothing_too_much(archive):
    """What our files import from each other at import time is exactly what travels."""
    wanted, found = {"api/handler"}, set()
    while wanted:
        module = wanted.pop()
        found.add(module)
        for node in ast.parse((HELPERS / f"{module}.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.level:
                folder = module.rpartition("/")[0].split("/") if "/" in module else []
                base = folder[: len(folder) - node.level + 1]
                wanted |= {"/".join([*filter(None, base), node.module])} - found
    assert found | {"api/__init__"} == set(OURS)


def test_names_times_and_rights_are_plain(archive):
    names = archive.namelist()
    assert names == sorted(set(names)) and not [name for name in names if name.startswith("/") or ".." in name]
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
    assert {Path(name).suffix for name in names} <= {".py", ".pem", ".txt", ".md", ""}
    assert not [name for name in names if name.split("/")[0] in {"numpy", "pandas", "grpc", "boto3", "opensearch", "urllib3"}]


def test_whose_code_travels_has_its_licence_with_it(archive):
    for name in VENDORED:
        stem = f"{name.lower().replace('-', '_')}-"
        assert [path for path in archive.namelist() if path.lower().startswith(stem) and "LICEN" in path.upper()], name


def test_its_handler_is_the_template_s():
    assert f"Handler: {HANDLER}\n" in TEMPLATE.with_name("search_api.yaml").read_text(encoding="utf-8")


BARE = """
import importlib, json, sys, warnings
warnings.simplefilter("error")
sys.path[:] = json.loads(sys.argv[1]) + [path for path in sys.path if "site-packages" not in path]
module, _, name = sys.argv[2].rpartition(".")
handle = getattr(importlib.import_module(module), name)
event = {"version": "2.0", "routeKey": "POST /search", "requestContext": {"requestId": "r"}, "body": "{}"}
answer = handle(event)
print(json.dumps([answer["statusCode"], sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def test_it_runs_with_nothing_but_what_lambda_has(archive, tmp_path):
    """A Python without site-packages, the zip, and boto3 with its requirements: as bare as /var/task."""
    code, runtime = tmp_path / "task", tmp_path / "runtime"
    archive.extractall(code)
    runtime.mkdir()
    for name in RUNTIME:
        where = Path(str(distribution({"dateutil": "python-dateutil"}.get(name, name)).locate_file("")))
        source = where / name if (where / name).exists() else where / f"{name}.py"
        (runtime / source.name).symlink_to(source)
    command = [sys.executable, "-I", "-S", "-c", BARE, json.dumps([str(code), str(runtime)]), HANDLER]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    status, loaded = json.loads(done.stdout.splitlines()[-1])
    assert status == 400 and not {"numpy", "pandas", "PIL", "helpers"} & set(loaded)
    assert set(loaded) - set(sys.stdlib_module_names) - {"__main__", "__mp_main__"} <= RUNTIME | set(os.listdir(code))
