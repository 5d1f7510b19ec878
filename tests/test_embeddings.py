"""Pictures of all sorts become what Titan takes, and a folder of them becomes vectors in its order."""

import base64
import io
import threading

import numpy as np
import pytest
from PIL import Image

from helpers.embedder import TitanEmbedder
from helpers.embeddings import EmbedError, embed_images, encode_image, generate_embeddings_with_titan


def opened(encoded: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


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


def test_rows_are_in_the_order_of_the_paths_and_equal_single_calls(embedder, bedrock_runtime, pictures, tmp_path):
    vectors = embed_images(pictures[::-1], embedder=embedder, cache=tmp_path / "cache.sqlite")
    assert vectors.shape == (12, 1024)
    assert vectors.dtype == np.float32
    for row, path in zip(vectors, pictures[::-1], strict=True):
        single = generate_embeddings_with_titan(image=encode_image(path), bedrock_runtime=bedrock_runtime)
        np.testing.assert_allclose(row, single, atol=1e-6)


def test_no_pictures_give_no_rows(bedrock_runtime, tmp_path):
    none = embed_images([], embedder=TitanEmbedder(bedrock_runtime, 256), cache=tmp_path / "cache.sqlite")
    assert none.shape == (0, 256)


def test_bad_files_are_reported_at_the_end_and_the_rest_is_kept(embedder, titan, pictures, tmp_path):
    bad, gone = tmp_path / "bad.png", tmp_path / "gone.png"
    bad.write_text("no picture")
    with pytest.raises(EmbedError, match=r"2 of 14 pictures could not") as caught:
        embed_images([bad, *pictures, gone], embedder=embedder, cache=tmp_path / "cache.sqlite")
    assert set(caught.value.failed) == {str(bad), str(gone)}
    assert "Next step: mend or leave out" in str(caught.value)
    assert embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite").shape == (12, 1024)
    assert titan.pictures == len(pictures)


def test_several_requests_are_in_flight_at_a_time(embedder, titan, pictures, tmp_path):
    genuine, together = titan._embedding, threading.Barrier(3)

    def met_by_two_others(request):
        if "inputImage" in request:
            together.wait(timeout=30)  # passes only while three requests are here at once
        return genuine(request)

    titan._embedding = met_by_two_others
    vectors = embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite", workers=3)
    assert len(vectors) == len(pictures) and not together.broken
