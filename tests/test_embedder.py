"""Titan as one of several models, and what all of them share."""

from __future__ import annotations

import ast
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import titan as titan_module
from helpers import vector_index
from helpers.embedder import UNLABELLED, TitanEmbedder, mean_vector, space_of
from helpers.embeddings import EmbedError, encode_image, generate_embeddings_with_titan

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("dimension", titan_module.DIMENSIONS)
def test_titan_answers_what_the_article_s_helper_answers(bedrock_runtime, pictures, dimension):
    model, image = TitanEmbedder(bedrock_runtime, dimension), encode_image(pictures[0])
    for what in ({"text": "a cat"}, {"image": image}, {"text": "a cat", "image": image}):
        expected = generate_embeddings_with_titan(**what, bedrock_runtime=bedrock_runtime, dimension=dimension)
        assert model.embed(**what) == model.embed(**what, purpose="index") == expected
        assert len(expected) == model.dimension


def test_a_space_is_a_model_at_a_length(bedrock_runtime):
    small = TitanEmbedder(bedrock_runtime, 256)
    assert space_of(small.model, small.dimension) == "amazon.titan-embed-image-v1/256"
    assert space_of(TitanEmbedder.model, TitanEmbedder.dimension) == UNLABELLED


def test_an_index_made_without_a_model_has_titan_s_length():
    assert vector_index.DIMENSION == titan_module.DEFAULT_DIMENSION == TitanEmbedder.dimension


def test_a_mean_has_unit_length_and_lies_between():
    assert mean_vector([[3.0, 4.0]], model="x") == pytest.approx([0.6, 0.8])
    assert mean_vector([[1.0, 0.0], [0.0, 1.0]], model="x") == pytest.approx([math.sqrt(0.5)] * 2)


@pytest.mark.parametrize("vectors", [[[0.0, 0.0]], [[1.0, 0.0], [-1.0, 0.0]], [[math.nan, 1.0]], [[math.inf, 1.0]]])
def test_a_mean_without_a_direction_is_an_error(vectors):
    with pytest.raises(EmbedError, match="Nova answered no direction"):
        mean_vector(vectors, model="Nova")


def test_a_search_and_every_model_are_imported_without_numpy_pillow_or_pandas():
    """They travel into a Lambda, where boto3 and opensearch-py are all there is."""
    blocked = ["numpy", "PIL", "pandas", "fastembed", "huggingface_hub", "onnxruntime", "IPython"]
    code = (
        f"import sys, types; sys.modules.update(dict.fromkeys({blocked}))\n"
        "sys.modules['helpers'] = package = types.ModuleType('helpers')\n"  # its __init__ stays at home
        f"package.__path__ = [{str(ROOT / 'helpers')!r}]\n"
        "from helpers.models import make_embedder; from helpers.search import personalized_search\n"
        "print(*(make_embedder(name, str).model for name in ('titan', 'nova', 'clip')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == [
        "amazon.titan-embed-image-v1", "amazon.nova-2-multimodal-embeddings-v1:0", "Qdrant/clip-ViT-B-32",
    ], done.stderr  # fmt: skip


def test_no_other_file_of_the_helpers_knows_a_model_by_its_id():
    rooms = {"titan.py", "nova.py", "clip.py"}
    paths = [path for path in (ROOT / "helpers").rglob("*.py") if "local" not in path.parts]
    code = {path.name: _code(path) for path in paths}
    assert {name for name, words in code.items() if re.search(r"amazon\.(titan|nova)|Qdrant/", words)} == rooms
    # embeddings.py counts pixels, app.py bytes; vector_index.py is compared with titan.py above.
    others = {"embeddings.py", "app.py", "vector_index.py"}
    assert {name for name, words in code.items() if re.search(r"\b1024\b", words)} == rooms - {"clip.py"} | others


def _code(path: Path) -> str:
    """A file's code without its documentation, which may give examples."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body[0] = ast.Pass()
    return ast.unparse(tree)
