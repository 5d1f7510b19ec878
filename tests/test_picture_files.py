"""Pictures of every sort open upright, on white, in plain RGB, and damaged ones say so."""

import io

import numpy as np
import pytest
from odd_files import picture
from PIL import Image

from helpers.picture_files import PictureError, describe, open_picture, plain_picture


def stored(image: Image.Image, **options) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, **options)
    return open_picture(io.BytesIO(stream.getvalue()))


@pytest.mark.parametrize(("file_format", "dtype"), [("PNG", np.uint16), ("TIFF", np.uint16), ("TIFF", np.int32)])
def test_sixteen_bits_keep_their_greys(file_format, dtype):
    greys = np.linspace(0, 65535, 256).reshape(16, 16)
    seen = np.asarray(plain_picture(stored(Image.fromarray(greys.astype(dtype)), format=file_format), 64))
    assert np.abs(seen[..., 0].astype(int) - greys / 257).max() <= 1
    assert (seen == seen[..., :1]).all()


def test_real_numbers_keep_their_greys():
    greys = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)
    seen = np.asarray(plain_picture(stored(Image.fromarray(greys), format="TIFF"), 64))
    assert np.abs(seen[..., 0] - greys * 255).max() <= 1


@pytest.mark.parametrize("options", [{"format": "JPEG", "quality": 95}, {"format": "TIFF"}])
def test_print_colours_become_screen_colours(options):
    image = Image.new("RGB", (16, 16), (200, 40, 60))
    red, green, blue = plain_picture(stored(image.convert("CMYK"), **options), 64).getpixel((8, 8))
    assert abs(red - 200) < 8 and abs(green - 40) < 8 and abs(blue - 60) < 8


@pytest.mark.parametrize("turn", range(1, 9))
def test_all_eight_ways_to_hold_a_camera_end_upright(turn):
    exif, scene = Image.Exif(), picture(1)
    exif[0x0112] = turn
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transpositions that undo what the viewer will do
    held = scene.transpose(Image.Transpose(back[turn])) if turn > 1 else scene
    shown = stored(held, format="PNG", exif=exif)
    np.testing.assert_array_equal(np.asarray(plain_picture(shown, 64)), np.asarray(scene))
    assert describe(shown).endswith(", turned") == (turn > 1)


def test_of_an_animation_the_first_frame_counts():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    image = stored(frames[0], format="GIF", save_all=True, append_images=frames[1:])
    assert "first of 2 frames" in describe(image)
    assert plain_picture(image, 64).getpixel((4, 4)) == (255, 0, 0)


def test_a_large_picture_is_shrunk_in_its_shape():
    assert plain_picture(stored(picture(2, (5000, 4000), "L"), format="PNG", compress_level=1), 100).size == (100, 80)


def test_a_file_that_would_start_another_program_is_not_opened():
    with pytest.raises(PictureError, match="no picture of a kind"):
        open_picture(io.BytesIO(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"))
