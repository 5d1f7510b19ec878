"""The house rules that a linter does not know: sizes, names, docstrings, and tests that mirror the helpers."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HELPERS = sorted((ROOT / "helpers").rglob("*.py"))
CODE = sorted(path for folder in ("helpers", "seeds", "tests") for path in (ROOT / folder).rglob("*.py"))
MOST_LINES, MOST_NAMES = 250, 7
MANY_NAMES = {  # why a file has more public names than a reader can keep in mind
    "helpers/gallery.py": "rows of two kinds, and three forms to show them in",
    "helpers/ranker.py": "a function for each step of Personalize, in order",
    "helpers/rivals.py": "a function for each rival and each control",
    "helpers/experiment.py": "the two things that a trial is about, and its steps in order",
    "helpers/walk.py": "a command, and the steps that tests take one by one",
    "helpers/local/opensearch/errors.py": "a function for each kind of refusal",
    "helpers/local/opensearch/index_api.py": "a function for each route",
}
TESTED_ELSEWHERE = {  # modules without a test file of their name, and the files that test them
    "helpers/deletion.py": "tests/test_cleanup.py",
    "helpers/inventory.py": "tests/test_cleanup.py",
    "helpers/pipeline_formulas.py": "tests/test_pipelines.py",
    "helpers/read_only.py": "tests/test_shared_room.py",
    "helpers/preflight_*.py": "tests/test_preflight*.py",
    "helpers/personalize_resources.py": "tests/test_ranker*.py",
    "helpers/own_index.py": "tests/test_own_ranker.py",
    "helpers/local/engines/ranking/*.py": "tests/local/engines/test_ranking*.py",
    "helpers/local/errors.py": "tests/local/test_session*.py",  # how it reaches a reader
    "helpers/local/opensearch/*.py": "tests/congruence/test_*.py",  # through the client, by kind of request
    "helpers/local/services/personalize*.py": "tests/local/services/personalize/test_*.py",  # through the client
    "helpers/local/services/s3/*.py": "tests/local/services/s3/test_*.py",  # through the client
    "helpers/local/services/sagemaker/*.py": "tests/local/services/sagemaker/test_jobs*.py",
    "helpers/local/services/serving/*.py": "tests/local/services/serving/test_*.py",
    "helpers/local/services/cloudformation/*.py": "tests/local/services/cloudformation/test_*.py",
    "helpers/local/services/bedrock.py": "tests/local/services/test_bedrock*.py",
    "helpers/local/services/iam*.py": "tests/local/services/test_iam_sts.py",
    "helpers/local/services/scheduler.py": "tests/test_campaign_schedule.py",  # through the helper, and in tests/contract
    "helpers/local/services/sts.py": "tests/local/services/test_iam_sts.py",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def public(nodes: list[ast.stmt]) -> list[ast.FunctionDef | ast.ClassDef]:
    return [n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]


@pytest.mark.parametrize("path", CODE, ids=name)
def test_no_file_is_longer_than_250_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_no_file_is_a_drawer_for_odds_and_ends():
    assert not [name(path) for path in CODE if re.fullmatch(r"(utils?|utilities|misc|common|stuff)\.py", path.name)]


@pytest.mark.parametrize("path", HELPERS, ids=name)
def test_a_file_has_at_most_seven_public_names(path):
    too_many = len(public(tree_of(path).body)) > MOST_NAMES
    assert too_many == (name(path) in MANY_NAMES)


@pytest.mark.parametrize("path", HELPERS, ids=name)
def test_what_is_public_says_what_it_is(path):
    tree = tree_of(path)
    assert ast.get_docstring(tree), "the file itself"
    for thing in public(tree.body):
        assert ast.get_docstring(thing), thing.name
        # An operation of a service has AWS's own name and documentation; a property's name is its sentence.
        if isinstance(thing, ast.ClassDef) and "services" not in path.parts:
            methods = [m for m in public(thing.body) if len(m.body) > 1 and not m.decorator_list]
            assert not [m.name for m in methods if not ast.get_docstring(m)]


@pytest.mark.parametrize("path", [path for path in HELPERS if path.name != "__init__.py"], ids=name)
def test_tests_mirror_the_helpers(path):
    relative = path.relative_to(ROOT / "helpers")
    own = ROOT / "tests" / relative.parent / f"test_{path.stem}.py"
    elsewhere = [tests for modules, tests in TESTED_ELSEWHERE.items() if path.match(modules)]
    assert own.exists() or any(list(ROOT.glob(tests)) for tests in elsewhere)


def test_nothing_private_is_left_unused():
    """A private name stands at least twice in its folder: where it is made, and where it is used."""
    for folder in {path.parent for path in HELPERS}:
        trees = {path: tree_of(path) for path in folder.glob("*.py")}
        used = Counter(
            node.id if isinstance(node, ast.Name) else node.attr
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
        )
        for path, tree in trees.items():
            made = [n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
            made += [t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)]
            # a name that ends in _ too is a hook that IPython looks for
            unused = [n for n in made if re.fullmatch(r"_[^_].*[^_]", n) and not used[n]]
            assert not unused, f"{name(path)}: {unused}"


def test_no_figure_names_a_style_of_the_library():
    """A library's styles come and go with its versions; ours lies in helpers/workshop.mplstyle."""
    for path in [*HELPERS, *(ROOT / "notebooks").glob("*.ipynb")]:
        assert not re.search(r"""style\.(use|context)\(\\?["']|seaborn|sns\.""", path.read_text(encoding="utf-8")), path


def test_every_requirement_says_who_needs_it():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if re.match(r"[a-z]", line)]
    assert packages and not [line for line in packages if not re.search(r" # \w+", line)]


def test_everything_in_data_has_its_maker_and_its_licence():
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    rows = {entry: (maker, licence) for entry, maker, licence in re.findall(r"^\| `([^`]+)`.*?\|(.*?)\|(.*?)\|$", page, re.M)}
    there = {f"{path.name}/" if path.is_dir() else path.name for path in (ROOT / "data").iterdir()}
    assert rows.keys() == there - {"README.md", "offline/", "aws/", "wheels/", "workshop.toml", "benchmarks.json"}
    assert all(re.search(r"`[\w .-]+`|the same|by hand", maker) and "CC0" in licence for maker, licence in rows.values())
