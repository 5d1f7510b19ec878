"""Who words a refusal of OpenSearch says whether anybody has seen it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "helpers" / "local" / "opensearch"
MAKERS = {
    "OpenSearchError", "QueryError", "WindowError", "illegal_argument", "parsing", "invalid_request", "mapping_refused",
    "field_refused", "x_content",
}  # fmt: skip
FILES = sorted(path for path in FOLDER.glob("*.py") if path.name != "errors.py")


def words_a_refusal(tree: ast.Module) -> bool:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id in MAKERS for call in calls)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_that_words_refusals_says_that_they_are_unconfirmed(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert words_a_refusal(tree) == ("Unconfirmed: " in (ast.get_docstring(tree) or ""))
