"""The committed data are what their makers would make, and no larger than promised."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.catalog import load_catalog, query_subjects
from helpers.settings import SHIPPED_DATA
from seeds.pictures.catalog import SUBJECTS, plan_pictures
from seeds.pictures.render import render, render_info
from seeds.pictures.styles import STYLES

CATALOG = load_catalog(SHIPPED_DATA)


def test_every_subject_comes_in_every_style_often_enough():
    counts = CATALOG.groupby(["subject", "style"]).size().unstack()
    assert counts.shape == (len(SUBJECTS), len(STYLES)) and len(SUBJECTS) >= 20
    others = counts.drop(columns="photographic")
    assert others.min().min() >= 14
    assert counts["photographic"].between(3 * others.max(axis=1), 4 * others.max(axis=1)).all()


def test_every_subject_is_seen_in_three_poses_or_more():
    assert CATALOG.groupby("subject")["pose"].nunique().min() >= 3


def test_catalogue_and_folder_hold_the_same_pictures():
    assert list(CATALOG.index) == [picture.image_id for picture in plan_pictures()]
    assert {f"images/{path.name}" for path in (SHIPPED_DATA / "images").iterdir()} == set(CATALOG["file"])


def test_the_data_stay_below_40_megabytes():
    files = [
        *(SHIPPED_DATA / "images").iterdir(),
        SHIPPED_DATA / "catalog.csv",
        SHIPPED_DATA / "interactions.csv",
    ]
    assert sum(path.stat().st_size for path in files) <= 40e6


def test_the_queried_subjects_exist():
    assert "cat" in query_subjects() and len(query_subjects()) == 6
    assert set(query_subjects()) <= set(SUBJECTS)


@pytest.mark.parametrize("style", STYLES)
def test_a_committed_picture_is_the_one_that_its_seed_draws(style):
    picture = next(picture for picture in plan_pictures()[7:] if picture.style == style)
    with Image.open(SHIPPED_DATA / CATALOG.loc[picture.image_id, "file"]) as image:
        stored = image.convert("RGB")
    drawn = Image.fromarray(render(picture.subject, picture.style, picture.seed))
    # Shrunk: JPEG blurs the edges of saturated colours, and that is no difference that matters here.
    small = [
        np.asarray(image.resize((64, 64), Image.Resampling.BOX)).astype(float) for image in (stored, drawn)
    ]
    assert np.abs(small[0] - small[1]).mean() < 4
    assert (
        CATALOG.loc[picture.image_id, "color"]
        == render_info(picture.subject, picture.style, picture.seed)["color"]
    )


def test_every_picture_opens_at_its_size():
    sizes = set()
    for file in CATALOG["file"]:
        with Image.open(SHIPPED_DATA / file) as image:
            sizes.add((image.format, image.mode, image.size))
    assert sizes == {("JPEG", "RGB", (256, 256))}


def test_every_event_is_on_a_picture_of_the_catalogue():
    interactions = pd.read_csv(SHIPPED_DATA / "interactions.csv")
    assert interactions["image_id"].isin(CATALOG.index).all()
