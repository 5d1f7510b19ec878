"""Titan helpers: one call, pictures of all sorts, and a cache that survives whatever happens."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from PIL import Image

from helpers.embeddings import EmbedError, embed_images, encode_image, generate_embeddings_with_titan
from helpers.local.errors import ServiceError
from helpers.local.services.bedrock_runtime import BedrockRuntime
from helpers.local.session import LocalSession

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "seeds" / "titan_offline"


class Counted(BedrockRuntime):
    """The stand-in, counting its pictures and failing where a test says so."""

    pictures = 0
    fault = None

    def invoke_model(self, *, modelId, body, contentType="", accept=""):
        self.pictures += b"inputImage" in (body if isinstance(body, bytes) else body.encode())
        if self.fault and self.pictures > self.fault[0]:
            raise ServiceError(self.fault[1], "as the test wishes")
        return super().invoke_model(modelId=modelId, body=body)


@pytest.fixture
def service():
    return Counted(WEIGHTS)


@pytest.fixture
def client(service):
    return LocalSession({"bedrock-runtime": service}).client("bedrock-runtime")


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(5)
    paths = [folder / f"{number}.png" for number in range(12)]
    for path in paths:
        Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)).resize((64, 64)).save(path)
    return paths


def answering(**answer):
    """A client that answers every call with this body."""

    class Client:
        def invoke_model(self, **_):
            content = json.dumps(answer).encode()
            return {"body": StreamingBody(io.BytesIO(content), len(content))}

    return Client()


def opened(encoded: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


# --- one call


@pytest.mark.parametrize("dimension", [256, 384, 1024])
def test_a_text_becomes_a_list_of_floats_of_unit_length(client, dimension):
    vector = generate_embeddings_with_titan(text="a cat", bedrock_runtime=client, dimension=dimension)
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
def test_nothing_to_embed_is_a_value_error_that_names_the_next_step(client, nothing):
    with pytest.raises(ValueError, match="pass image=encode_image"):
        generate_embeddings_with_titan(**nothing, bedrock_runtime=client)


@pytest.mark.parametrize(
    "wrong", [{"text": "x", "dimension": 512}, {"image": "no base64!"}, {"text": "word " * 300}]
)
def test_what_titan_refuses_is_an_embed_error_with_the_next_step(client, wrong):
    with pytest.raises(EmbedError, match="Next step"):
        generate_embeddings_with_titan(**wrong, bedrock_runtime=client)


def test_a_missing_permission_names_the_action(client, service):
    service.fault = (-1, "AccessDeniedException")
    with pytest.raises(EmbedError, match="bedrock:InvokeModel"):
        generate_embeddings_with_titan(text="x", bedrock_runtime=client)


def test_other_errors_of_aws_pass_unchanged(client, service):
    service.fault = (-1, "ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        generate_embeddings_with_titan(text="x", bedrock_runtime=client)


def test_the_one_call_needs_neither_numpy_nor_pillow():
    code = (
        "import sys, importlib.util; sys.modules.update(dict.fromkeys(['numpy', 'PIL', 'pandas']))\n"
        f"spec = importlib.util.spec_from_file_location('titan', {str(ROOT / 'helpers' / 'titan.py')!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "print(module.generate_embeddings_with_titan.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "generate_embeddings_with_titan"


# --- pictures of all sorts


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
@pytest.mark.parametrize("as_bytes", [False, True])
def test_a_good_picture_passes_byte_for_byte(tmp_path, file_format, as_bytes):
    path = tmp_path / "picture"
    Image.new("RGB", (300, 200), "teal").save(path, file_format)
    assert base64.b64decode(encode_image(path.read_bytes() if as_bytes else path)) == path.read_bytes()


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_other_colour_mode_becomes_rgb(tmp_path, mode):
    path = tmp_path / "picture.tif"
    Image.new(mode, (20, 10)).save(path)
    assert opened(encode_image(path)).mode == "RGB"


@pytest.mark.parametrize("file_format", ["WEBP", "GIF", "BMP", "TIFF"])
def test_every_other_file_format_becomes_one_that_titan_takes(tmp_path, file_format):
    path = tmp_path / "picture"
    Image.new("RGB", (20, 10), (200, 30, 30)).save(path, file_format)
    image = opened(encode_image(path))
    assert image.format == "PNG"
    assert np.abs(np.array(image.getpixel((5, 5))) - (200, 30, 30)).max() < 12


def test_what_is_transparent_lies_on_white():
    assert opened(encode_image(Image.new("RGBA", (4, 4), (255, 0, 0, 0)))).getpixel((0, 0)) == (255, 255, 255)
    assert opened(encode_image(Image.new("RGBA", (4, 4), (255, 0, 0, 255)))).getpixel((0, 0)) == (255, 0, 0)


def test_a_large_picture_is_shrunk_and_keeps_its_shape():
    stream = io.BytesIO()
    Image.new("RGB", (4096, 2048)).save(stream, "PNG")
    assert opened(encode_image(stream.getvalue())).size == (1024, 512)


def test_a_picture_of_2048_pixels_is_left_alone():
    stream = io.BytesIO()
    Image.new("RGB", (2048, 2048)).save(stream, "PNG")
    assert opened(encode_image(stream.getvalue())).size == (2048, 2048)


def test_a_picture_that_the_camera_turned_is_set_upright(tmp_path):
    path, exif = tmp_path / "turned.jpg", Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20)).save(path, exif=exif)
    assert opened(encode_image(path)).size == (20, 30)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_a_file_that_is_no_picture_is_named_with_the_next_step(tmp_path, content):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    with pytest.raises(EmbedError, match=r"holiday\.jpg.*Next step"):
        encode_image(path)


def test_a_picture_that_was_cut_off_is_found_out(tmp_path):
    path = tmp_path / "cut.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (99, 99, 3), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(EmbedError, match=r"cut\.png"):
        encode_image(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(EmbedError, match=r"none\.jpg.*check the path"):
        encode_image(tmp_path / "none.jpg")


# --- a whole folder


def test_rows_are_in_the_order_of_the_paths_and_equal_single_calls(client, pictures, tmp_path):
    vectors = embed_images(pictures[::-1], bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    assert vectors.shape == (12, 1024)
    assert vectors.dtype == np.float32
    for row, path in zip(vectors, pictures[::-1], strict=True):
        single = generate_embeddings_with_titan(image=encode_image(path), bedrock_runtime=client)
        np.testing.assert_allclose(row, single, atol=1e-6)


def test_a_second_run_sends_no_picture_even_after_renaming(client, service, pictures, tmp_path):
    first = embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    renamed = [path.rename(path.with_name(f"new-{path.name}")) for path in pictures]
    second = embed_images(renamed, bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    np.testing.assert_array_equal(first, second)
    assert service.pictures == len(pictures)


def test_two_copies_of_one_picture_are_sent_once(client, service, pictures, tmp_path):
    vectors = embed_images(
        [pictures[0], pictures[1], pictures[0]], bedrock_runtime=client, cache=tmp_path / "cache.sqlite"
    )
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert service.pictures == 2


def test_dimensions_do_not_share_vectors(client, pictures, tmp_path):
    for dimension in (1024, 256, 1024):
        vectors = embed_images(
            pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite", dimension=dimension
        )
        assert vectors.shape == (12, dimension)


def test_no_pictures_give_no_rows(client, tmp_path):
    assert embed_images([], bedrock_runtime=client, cache=tmp_path / "cache.sqlite", dimension=256).shape == (
        0,
        256,
    )


def test_bad_files_are_reported_at_the_end_and_the_rest_is_kept(client, service, pictures, tmp_path):
    bad, gone = tmp_path / "bad.png", tmp_path / "gone.png"
    bad.write_text("no picture")
    with pytest.raises(EmbedError, match=r"2 of 14 pictures could not") as caught:
        embed_images([bad, *pictures, gone], bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    assert set(caught.value.failed) == {str(bad), str(gone)}
    assert "Next step: mend or leave out" in str(caught.value)
    assert embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite").shape == (12, 1024)
    assert service.pictures == len(pictures)


def test_after_a_failure_of_aws_the_next_run_goes_on_where_it_stopped(client, service, pictures, tmp_path):
    service.fault = (7, "ThrottlingException")
    with pytest.raises(ClientError):
        embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite", workers=1)
    service.fault, service.pictures = None, 0
    embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    assert service.pictures == 5


def test_vectors_of_another_model_behind_the_same_name_are_forgotten(client, service, pictures, tmp_path):
    embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    service._embedding = lambda request: {"embedding": [1.0] + 1023 * [0.0]}
    changed = embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    np.testing.assert_array_equal(changed[:, 0], 1)


def test_a_damaged_cache_says_what_to_do(client, pictures, tmp_path):
    (tmp_path / "cache.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(EmbedError, match="delete it"):
        embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite")


def test_a_killed_run_leaves_a_cache_that_the_next_one_reads(client, service, tmp_path):
    paths = []
    for number in range(260):
        paths.append(tmp_path / f"{number}.png")
        Image.new("RGB", (8, 8), (number % 256, number // 256, 7)).save(paths[-1])
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from helpers.embeddings import embed_images; from helpers.vector_cache import VectorCache\n"
        "from helpers.local.services.bedrock_runtime import BedrockRuntime; from helpers.local.session import LocalSession\n"
        "keep, kept = VectorCache.__setitem__, []\n"
        "def keep_then_die(cache, digest, vector):\n"
        "    keep(cache, digest, vector); kept.append(digest)\n"
        "    if len(kept) == 250: os.kill(os.getpid(), signal.SIGKILL)\n"
        "VectorCache.__setitem__ = keep_then_die\n"
        f"client = LocalSession({{'bedrock-runtime': BedrockRuntime(Path({str(WEIGHTS)!r}))}}).client('bedrock-runtime')\n"
        "embed_images(sys.argv[2:], bedrock_runtime=client, cache=Path(sys.argv[1]))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "cache.sqlite", *paths], cwd=ROOT, env={**os.environ}
    )
    assert killed.returncode == -signal.SIGKILL
    embed_images(paths, bedrock_runtime=client, cache=tmp_path / "cache.sqlite")
    assert 0 < service.pictures <= 260 - 200


def test_several_requests_are_in_flight_at_a_time(client, service, pictures, tmp_path):
    genuine = service._embedding

    def slow(request):
        time.sleep(0.05)
        return genuine(request)

    service._embedding = slow
    started = time.monotonic()
    embed_images(pictures, bedrock_runtime=client, cache=tmp_path / "cache.sqlite", workers=6)
    assert time.monotonic() - started < 12 * 0.05
