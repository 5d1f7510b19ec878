"""Thumbnails: upright, in RGB, of any format, under names that tell the picture."""

import os

from odd_files import picture
from PIL import Image

from helpers.library import read_library
from helpers.thumbnails import SIDE, thumbnails


def test_any_picture_has_a_small_upright_copy_that_is_made_once(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "in" / "2024").mkdir(parents=True)
    picture(1, (400, 200)).save(tmp_path / "in" / "2024" / "a b.jpg", exif=exif)
    picture(2, (400, 200), "CMYK").save(tmp_path / "in" / "2024" / "a-b.tif")
    library = read_library(tmp_path / "in")
    paths = thumbnails(library, list(library.pictures.index), tmp_path / "small")
    assert [path.stem for path in paths] == ["2024_a_b_jpg", "2024_a_b_tif"]
    assert [Image.open(path).size for path in paths] == [(SIDE // 2, SIDE), (SIDE, SIDE // 2)]
    assert {Image.open(path).mode for path in paths} == {"RGB"}
    before = [os.stat(path).st_mtime_ns for path in paths]
    assert thumbnails(library, list(library.pictures.index), tmp_path / "small") == paths
    assert [os.stat(path).st_mtime_ns for path in paths] == before


def test_a_damaged_picture_is_shown_grey(tmp_path):
    (tmp_path / "in").mkdir()
    picture(1, (600, 400)).effect_spread(9).save(tmp_path / "in" / "cut.png")
    (tmp_path / "in" / "cut.png").write_bytes((tmp_path / "in" / "cut.png").read_bytes()[:9000])
    library = read_library(tmp_path / "in")
    [path] = thumbnails(library, ["cut.png"], tmp_path / "small")
    assert Image.open(path).getextrema() == ((181, 181),) * 3
