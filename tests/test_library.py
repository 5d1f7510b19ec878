"""A folder of odd files becomes a library: each file is taken or reported, and none stops the run."""

from __future__ import annotations

import os

import numpy as np
import pytest
from odd_files import odd_folder, picture

from helpers.embedder import TitanEmbedder
from helpers.embeddings import EmbedError
from helpers.library import LONGEST_ID, LibraryError, embed_library, image_id_of, read_library


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd") / "odd"
    return folder, odd_folder(folder)


@pytest.fixture(scope="module")
def library(odd):
    return read_library(odd[0])


def test_sixty_odd_files_of_twenty_kinds_are_each_taken_or_reported(odd, library):
    _, expected = odd
    outcome = dict(zip(library.report["file"], library.report["outcome"], strict=True))
    assert outcome.keys() == expected.keys() and len(expected) >= 60
    assert {name for name in expected if outcome[name] == "taken"} == {
        name for name, what in expected.items() if what in ("taken", "damaged")
    }
    assert library.pictures["kind"].str.replace(r"\d+ × \d+ ", "", regex=True).nunique() >= 20
    assert (library.report.loc[library.report["outcome"] != "taken", "why"] != "").all()


def test_what_is_damaged_further_on_is_reported_when_it_is_embedded(odd, library, bedrock_runtime, tmp_path):
    embedder = TitanEmbedder(bedrock_runtime, 256)
    usable, vectors = embed_library(library, embedder=embedder, cache=tmp_path / "v.sqlite")
    outcome = usable.report.set_index("file")["outcome"]
    damaged = [name for name, what in odd[1].items() if what == "damaged"]
    assert damaged and (outcome[damaged] == "left out").all()
    assert len(vectors) == len(usable.pictures) == len(library.pictures) - len(damaged)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert usable.counts()["files"].sum() == len(odd[1])


def test_ids_are_paths_that_every_service_takes(library):
    ids = library.pictures.index
    assert ids.is_unique and {"deep/er/and/deeper/picture.png", "Füße & Straße.jpg", "猫の写真.png"} <= set(ids)
    assert all(len(name.encode()) <= LONGEST_ID for name in ids)
    assert image_id_of("x" * 240 + ".png") in ids
    assert image_id_of("deep\\er\\and\\deeper\\picture.png") in ids and image_id_of("./plain.jpg") in ids
    assert image_id_of("Fu\u0308\u00dfe & Stra\u00dfe.jpg") in ids  # a Mac writes ü in two characters


def test_a_copy_is_known_by_the_picture_that_was_taken(library):
    assert library.same_as == {"deep/copy of plain.png": "plain.png", "deep/picture.png": "link.png"}


def test_two_pictures_of_one_size_are_not_one_picture(tmp_path):
    for number in (1, 2):
        picture(number).save(tmp_path / f"{number}.bmp")
    assert len(read_library(tmp_path).pictures) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_what_may_not_be_read_is_reported(tmp_path):
    picture(1).save(tmp_path / "a.png")
    picture(2).save(tmp_path / "b.png")
    (tmp_path / "b.png").chmod(0)
    assert read_library(tmp_path).report["outcome"].tolist() == ["taken", "left out"]


def test_reading_changes_nothing(tmp_path):
    odd_folder(tmp_path / "odd")
    before = {path: path.lstat().st_mtime_ns for path in (tmp_path / "odd").rglob("*")}
    read_library(tmp_path / "odd")
    assert {path: path.lstat().st_mtime_ns for path in (tmp_path / "odd").rglob("*")} == before


def test_a_folder_without_pictures_says_so(tmp_path):
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(LibraryError, match=r"1 files and no picture"):
        read_library(tmp_path)
    for wrong in (tmp_path / "missing", tmp_path / "notes.txt"):
        with pytest.raises(LibraryError, match="is no folder"):
            read_library(wrong)


def test_a_model_that_refuses_everything_is_not_taken_for_bad_pictures(tmp_path):
    class Closed:
        model, dimension, on_bedrock = "closed", 2, True

        def embed(self, **_):
            raise EmbedError("Allow bedrock:InvokeModel")

    picture(1).save(tmp_path / "a.png")
    with pytest.raises(EmbedError, match="Allow"):
        embed_library(read_library(tmp_path), embedder=Closed(), cache=tmp_path / "v.sqlite")


def test_when_no_picture_can_be_embedded_it_says_so(tmp_path, embedder):
    picture(1, (600, 400)).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:200])
    with pytest.raises(LibraryError, match="could be embedded"):
        embed_library(read_library(tmp_path), embedder=embedder, cache=tmp_path / "v.sqlite")
