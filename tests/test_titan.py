"""One call to Titan: what comes back, and what each refusal says."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from helpers.titan import EmbedError, generate_embeddings_with_titan

TITAN = Path(__file__).parents[1] / "helpers" / "titan.py"


def answering(**answer):
    """A client that answers every call with this body."""

    class Client:
        def invoke_model(self, **_):
            content = json.dumps(answer).encode()
            return {"body": StreamingBody(io.BytesIO(content), len(content))}

    return Client()


@pytest.mark.parametrize("dimension", [256, 384, 1024])
def test_a_text_becomes_a_list_of_floats_of_unit_length(bedrock_runtime, dimension):
    vector = generate_embeddings_with_titan(text="a cat", bedrock_runtime=bedrock_runtime, dimension=dimension)
    assert isinstance(vector, list)
    assert len(vector) == dimension
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-9)


def test_a_vector_that_is_not_unit_length_is_normalised():
    assert generate_embeddings_with_titan(
        text="x", bedrock_runtime=answering(embedding=[3, 4])
    ) == pytest.approx([0.6, 0.8])


def test_an_error_message_in_the_answer_is_an_error_and_an_empty_one_is_not():
    with pytest.raises(EmbedError, match="broken"):
        generate_embeddings_with_titan(text="x", bedrock_runtime=answering(embedding=None, message="broken"))
    assert generate_embeddings_with_titan(
        text="x", bedrock_runtime=answering(embedding=[1], message=None)
    ) == [1]


def test_a_vector_of_zeros_is_an_error():
    with pytest.raises(EmbedError, match="zeros"):
        generate_embeddings_with_titan(text="x", bedrock_runtime=answering(embedding=[0, 0]))


@pytest.mark.parametrize("nothing", [{}, {"text": ""}, {"image": ""}, {"image": None, "text": None}])
def test_nothing_to_embed_is_a_value_error_that_names_the_next_step(bedrock_runtime, nothing):
    with pytest.raises(ValueError, match="pass image=encode_image"):
        generate_embeddings_with_titan(**nothing, bedrock_runtime=bedrock_runtime)


@pytest.mark.parametrize(
    "wrong", [{"text": "x", "dimension": 512}, {"image": "no base64!"}, {"text": "word " * 300}]
)
def test_what_titan_refuses_is_an_embed_error_with_the_next_step(bedrock_runtime, wrong):
    with pytest.raises(EmbedError, match="Next step"):
        generate_embeddings_with_titan(**wrong, bedrock_runtime=bedrock_runtime)


def test_a_missing_permission_names_the_action(bedrock_runtime, titan):
    titan.fault = (-1, "AccessDeniedException")
    with pytest.raises(EmbedError, match="bedrock:InvokeModel"):
        generate_embeddings_with_titan(text="x", bedrock_runtime=bedrock_runtime)


def test_other_errors_of_aws_pass_unchanged(bedrock_runtime, titan):
    titan.fault = (-1, "ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        generate_embeddings_with_titan(text="x", bedrock_runtime=bedrock_runtime)


def test_the_one_call_needs_neither_numpy_nor_pillow():
    code = (
        "import sys, importlib.util; sys.modules.update(dict.fromkeys(['numpy', 'PIL', 'pandas']))\n"
        f"spec = importlib.util.spec_from_file_location('titan', {str(TITAN)!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "print(module.generate_embeddings_with_titan.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "generate_embeddings_with_titan"
