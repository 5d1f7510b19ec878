"""The catalogue and the click log are read, or the reader learns what is wrong with them."""

from __future__ import annotations

import pytest

from helpers.catalog import COLUMNS, load_catalog, load_interactions, load_personas

HEADER = ",".join(COLUMNS)


def test_rows_are_found_by_image_id(tmp_path):
    (tmp_path / "catalog.csv").write_text(f"{HEADER}\n7,images/7.jpg,a cat,cat,clay,1,red\n")
    assert load_catalog(tmp_path).loc["7", "title"] == "a cat"


def test_missing_files_name_the_command_that_makes_them(tmp_path):
    for load in (load_catalog, load_interactions):
        with pytest.raises(FileNotFoundError, match="make data"):
            load(tmp_path)


def test_missing_columns_are_named(tmp_path):
    (tmp_path / "catalog.csv").write_text("image_id,file\n7,images/7.jpg\n")
    with pytest.raises(ValueError, match="no column title, subject"):
        load_catalog(tmp_path)


def test_an_id_that_stands_twice_is_named(tmp_path):
    row = "7,images/7.jpg,a cat,cat,clay,1,red\n"
    (tmp_path / "catalog.csv").write_text(f"{HEADER}\n{row}{row}")
    with pytest.raises(ValueError, match="has 7 twice"):
        load_catalog(tmp_path)


def test_there_are_three_personas():
    assert [persona.user_id for persona in load_personas()] == ["comic-art-user", "neon-punk-user", "origami-clay-user"]
