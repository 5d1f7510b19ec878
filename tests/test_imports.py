"""Imports point downwards only, the rooms of the house are those of the README's map, and importing does nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted([*(ROOT / "helpers").rglob("*.py"), *(ROOT / "seeds").rglob("*.py")])
# What both sides of the wire need: layouts of files, the faults to be met on purpose, what is said of a full disk.
LEAVES = {"helpers.kmeans_formats", "helpers.faults", "helpers.disk"}
# The seed article calls generate_embeddings_with_titan without a client; then, and only then, it looks for one.
UPWARDS = {("titan", "workshop")}
STEPS = {  # helpers/*.py, each may import those before it
    name: level
    for level, names in enumerate(
        [
            [
                "checks",
                "settings",
                "catalog",
                "fusion",
                "titan",
                "ranking_client",
                "kmeans_formats",
                "progress",
                "source",
                "figure_words",
                "metrics",
                "index_flavours",
                "outages",
                "faults",
                "disk",
                "tables",
                "picture_files",
                "tagging",
                "index_versions",
            ],
            ["patience", "preflight_rows", "aws_account", "read_only"],
            ["costs", "durations", "credentials", "waiting", "embedder", "plots", "pipeline_formulas", "measurements"],
            ["state", "vector_cache", "nova", "clip", "model_match", "model_lifecycle", "personalize_resources", "running"],
            ["training_jobs", "models", "latency", "shared_room", "campaign_schedule", "index_documents"],
            ["index_loading", "opensearch_client"],
            ["model_table", "measurement_plots", "embeddings", "vector_index", "index_memory", "clustering"],
            ["interactions", "ranker", "preflight_account", "preflight_quotas", "library", "event_log"],
            ["cluster_quality", "cluster_names", "s3_pictures", "thumbnails", "growth", "sample_folder", "own_index"],
            ["search", "pipelines", "rivals"],
            ["experiment", "scale", "run_estimate"],
            ["gallery", "workshop", "batch_embedding", "own_ranker"],
            ["stack_status"],
            ["api"],
            ["stack", "search_api"],
            ["inventory", "preflight_rights"],
            ["deletion"],
            ["cleanup", "explorer", "preflight"],
            ["walk"],
            ["app"],
        ]
    )
    for name in names
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """Every module of ours that a file imports, also inside functions, but not for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    typing_only = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and "TYPE_CHECKING" in ast.unparse(test.test)
        for node in ast.walk(test)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                anchor = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*anchor, *([node.module] if node.module else [])])
            # `from . import x` names modules; `from .x import f` names one.
            found |= {f"{base}.{alias.name}" for alias in node.names} if not node.module else {base}
    return {name for name in found if name.split(".")[0] in ("helpers", "seeds")}


def room(module: str) -> str:
    parts = module.split(".")
    if parts[0] == "seeds":
        return ".".join(parts[:2])
    if parts[:2] == ["helpers", "local"]:
        return ".".join(parts[:3]) if len(parts) > 2 else "helpers.local"
    return "helpers"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_downwards(path: Path):
    module, here = module_of(path), room(module_of(path))
    for target in imports_of(path):
        there = room(target)
        if target in LEAVES or there == "helpers.local":
            continue
        if here == "helpers":
            allowed = there == "helpers" or (
                module == "helpers.workshop" and there in ("helpers.local.cloud", "helpers.local.opensearch")
            )
        elif here == "helpers.local.cloud":
            allowed = there.startswith("helpers.local.") and there != "helpers.local.engines"
        elif here in ("helpers.local.services", "helpers.local.opensearch"):
            allowed = there in (
                here,
                "helpers.local.engines",
                "helpers.local.store",
                "helpers.local.errors",
                "helpers.local.lifecycle",
                "helpers.local.arns",
                "helpers.local.faults",
            )
        elif here == "helpers.local.engines":
            allowed = there == here
        elif here.startswith("helpers.local."):
            allowed = there in (
                "helpers.local.answers",
                "helpers.local.constraints",
                "helpers.local.store",
                "helpers.local.errors",
                "helpers.local.lifecycle",
                "helpers.local.arns",
            )
        else:  # seeds: their own rooms, the pictures they train on, and the one definition of the encoder's tokens
            allowed = there.startswith("seeds") or target.startswith(
                ("helpers.metrics", "helpers.local.engines")
            )
        assert allowed, f"{module} may not import {target}"


@pytest.mark.parametrize("path", sorted((ROOT / "helpers").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_steps_import_earlier_steps_only(path: Path):
    for target in imports_of(path):
        parts = target.split(".")
        assert target != "helpers" or path.stem == "__init__", "name the module: the package imports everything"
        if (
            len(parts) > 1
            and parts[0] == "helpers"
            and parts[1] != "local"
            and (path.stem, parts[1]) not in UPWARDS
        ):
            assert STEPS[parts[1]] <= STEPS[path.stem], f"{path.stem} comes before {parts[1]}"


def test_only_the_engines_and_helpers_know_their_libraries():
    for path in (ROOT / "helpers" / "local" / "engines").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "botocore" not in text and "boto3" not in text, path


# Imports every module named on the command line; prints what code of ours did at that moment: files, network, processes,
# settings. Walking outwards from a deed, whoever is met first did it: our code, or a library that was being imported.
WATCH = """
import importlib, sys

DEEDS = ("open", "os.", "socket.", "subprocess.", "shutil.", "tempfile.", "sqlite3.", "urllib.", "glob.")

def watch(event, arguments):
    if not event.startswith(DEEDS):
        return
    frame = sys._getframe(1)
    while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
        if frame.f_code.co_filename.startswith(sys.argv[1]):
            print(frame.f_code.co_filename, frame.f_lineno, event, str(arguments)[:80])
            break
        frame = frame.f_back

sys.addaudithook(watch)
for name in sys.argv[2:]:
    importlib.import_module(name)
"""


def deeds_at_import(folder: Path, modules: list[str]) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", WATCH, str(folder), *modules]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_nothing_happens_at_import():
    """No client, no file, no network, no setting: whoever imports a helper pays for it later, by a call."""
    assert deeds_at_import(ROOT / "helpers", [module_of(path) for path in FILES if path.is_relative_to(ROOT / "helpers")]) == []


@pytest.mark.parametrize(
    "deed",
    [
        "open(__file__)", "os.environ.update(A='b')", "subprocess.run('true')", "socket.socket()",
        "import boto3; boto3.client('s3', 'us-east-1', aws_access_key_id='a', aws_secret_access_key='b')",
    ],
)
def test_a_deed_at_import_is_seen(deed, tmp_path):
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "__init__.py").write_text(f"import os, socket, subprocess\n{deed}\n")
    assert any("__init__.py 2 " in line for line in deeds_at_import(tmp_path / "things", ["things"]))
