"""What happens when somebody acts: every control searches again, errors leave the grids alone, nothing shown is stale."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import UTC, datetime

import numpy as np
import pytest
from botocore.exceptions import ClientError
from opensearchpy.exceptions import NotFoundError
from PIL import Image

from helpers.explorer import Explorer
from helpers.explorer.state import NEW_VISITOR, NOBODY, SHOWN
from helpers.search import DEFAULT_CANDIDATES
from helpers.state import NotReady


def drawn(explorer, grid):
    """The ids in a grid's tiles, as the page gets them."""
    pictures = [tile.picture.value for tile in explorer.view.grids[grid]]
    return [re.search('data-image="([^"]+)"', picture)[1] for picture in pictures if picture]


def png(side=8):
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(buffer, "PNG")
    return buffer.getvalue()


def upload(explorer, content, name="mine.png"):
    file = {"name": name, "type": "image/png", "size": len(content), "content": memoryview(content)}
    explorer.view.upload.value = ({**file, "last_modified": datetime(2026, 1, 1, tzinfo=UTC)},)


def press(explorer, what, place, grid=1):
    explorer.view.grids[grid][place - 1].buttons[what].click()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda view: setattr(view.query, "value", "dog"), {"text": "dog"}),
        (lambda view: setattr(view.person, "value", "neon-punk-user"), {"user_id": "neon-punk-user"}),
        (lambda view: setattr(view.person, "value", NOBODY), {"user_id": None}),
        (lambda view: setattr(view.weight, "value", 0.25), {"weight": 0.25}),
    ],
    ids=["word", "person", "nobody", "weight"],
)
def test_every_control_searches_again(explorer, world, change, expected):
    first = world.asked[-1]
    change(explorer.view)
    assert world.asked[-1] == first | expected
    assert (drawn(explorer, 0), drawn(explorer, 1)) == explorer.shown()


def test_a_like_is_sent_and_reorders_at_once(explorer, world):
    explorer.choose(persona=NEW_VISITOR, weight=1.0)
    place = next(n for n, result in enumerate(explorer.state.answer.personalized, 1) if result.cluster != "9")
    liked = explorer.state.answer.personalized[place - 1]
    press(explorer, "like", place)
    assert world.sent == [("visitor-0001", liked.cluster, "favorite")]
    assert drawn(explorer, 1)[0] == next(r.image_id for r in explorer.state.answer.generic if r.cluster == liked.cluster)
    assert "♥ liked" in "".join(tile.picture.value for tile in explorer.view.grids[1]) and "▲" in explorer.view.taste.value
    press(explorer, "download", 2, grid=0)
    assert world.sent[-1][2] == "download" and "Downloaded" in explorer.line
    explorer.view.again.click()
    assert "♥ liked" not in explorer.view.grids[1][0].picture.value and explorer.state.clicks == []


def test_a_like_over_an_emptied_box_reorders_what_is_shown(explorer, world):
    explorer.choose(persona=NEW_VISITOR, weight=1.0)
    explorer.view.query.value = " "
    liked = explorer.state.answer.personalized[10]
    press(explorer, "like", 11)
    assert "Liked" in explorer.line and world.asked[-1]["text"] == "cat"
    assert explorer.state.answer.personalized[0].cluster == liked.cluster


def test_like_by_name_is_the_same(explorer, world):
    explorer.choose(persona=NEW_VISITOR)
    explorer.like(explorer.shown()[0][0])
    assert len(world.sent) == 1 and "Liked" in explorer.line


def test_nobody_can_not_click(explorer):
    explorer.choose(persona=NOBODY)
    assert all(tile.buttons["like"].disabled and tile.buttons["download"].disabled for tile in explorer.view.grids[1])
    assert not explorer.view.grids[1][0].buttons["why"].disabled


def test_a_picture_of_the_catalogue_an_upload_and_no_picture_again(explorer, world):
    press(explorer, "similar", 1, grid=0)
    assert world.asked[-1]["text"] == "cat" and world.asked[-1]["image"]
    upload(explorer, png())
    assert "searching by mine.png" in explorer.view.picture.value and explorer.view.upload.value == ()
    explorer.choose(query="")
    assert world.asked[-1]["text"] is None and world.asked[-1]["image"]
    explorer.choose(query="cat")
    explorer.view.forget.click()
    assert world.asked[-1]["image"] is None and explorer.view.picture.value == ""


def refusal(code, operation):
    return ClientError({"Error": {"Code": code, "Message": "as the test wishes"}}, operation)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refusal("ResourceNotFoundException", "GetPersonalizedRanking"), "Run notebook 05"),
        (refusal("ThrottlingException", "InvokeModel"), "Wait ten seconds"),
        (NotFoundError(404, "index_not_found_exception", {}), "Run notebook 03"),
        (NotReady("'index_name' is not there yet. Run notebook 03 first."), "Run notebook 03"),
        (MemoryError("out of it"), "Restart the kernel"),
    ],
    ids=["campaign gone", "throttled", "index missing", "not ready", "anything"],
)
def test_an_error_is_one_line_and_the_grids_stay(explorer, world, error, words, capsys):
    before = drawn(explorer, 0), drawn(explorer, 1), explorer.view.taste.value, explorer.view.history.value
    world.fail = error
    for act in (lambda: setattr(explorer.view.weight, "value", 0.1), lambda: press(explorer, "similar", 2), explorer.start_again):
        act()
        assert 'role="alert"' in explorer.line and words in explorer.line and "\n" not in explorer.line
        assert (drawn(explorer, 0), drawn(explorer, 1), explorer.view.taste.value, explorer.view.history.value) == before
    assert capsys.readouterr() == ("", "")
    world.fail = None
    explorer.choose(query="dog")
    assert 'role="status"' in explorer.line and words not in explorer.line


@pytest.mark.parametrize("content", [b"no picture", png()[:40], b"\0" * 10_000_001], ids=["text", "cut off", "huge"])
def test_an_upload_that_can_t_be_used_is_one_line(explorer, world, content):
    asked, before = len(world.asked), drawn(explorer, 1)
    upload(explorer, content)
    assert 'role="alert"' in explorer.line and "mine.png" in explorer.line and "Choose a" in explorer.line
    assert (len(world.asked), drawn(explorer, 1)) == (asked, before)


def test_it_opens_with_a_line_where_nothing_is_ready(world):
    world.fail = NotReady("'index_name' is not there yet. Run notebook 03 first.")
    explorer = Explorer(world.aws)
    assert "Run notebook 03" in explorer.line and explorer.shown() == ([], [])
    assert explorer._repr_mimebundle_()[0]["text/plain"] == "Explorer()"
    press(explorer, "like", 1)


def test_typing_waits_for_rest_and_a_slider_searches_for_its_last_place(explorer, world):
    async def act():
        for word in ("d", "do", "dog"):
            explorer.view.query.value = word
            await asyncio.sleep(0.15)  # each keystroke starts the wait anew
        assert explorer.view.query.value == "dog" and world.asked[-1]["text"] == "cat"
        await asyncio.sleep(0.35)
        for weight in (0.1, 0.9, 0.2, 0.85):
            explorer.view.weight.value = weight
        await asyncio.sleep(0.1)

    before = len(world.asked)
    asyncio.run(act())
    assert [(asked["text"], asked["weight"]) for asked in world.asked[before:]] == [("dog", 0.6), ("dog", 0.85)]


def test_a_click_overtakes_what_waits_and_sees_the_controls_as_they_are(explorer, world):
    async def act():
        explorer.view.query.value = "dog"
        press(explorer, "like", 1)
        assert world.asked[-1]["text"] == "dog"
        asked = len(world.asked)
        await asyncio.sleep(0.35)
        assert len(world.asked) == asked

    asyncio.run(act())


def test_200_random_interactions_leave_no_stale_grid(explorer, world):
    rng = np.random.default_rng(20260)
    actions = [
        lambda: setattr(explorer.view.query, "value", str(rng.choice(["cat", "dog", " ", "boat", "tree house"]))),
        lambda: setattr(explorer.view.weight, "value", round(float(rng.uniform(0, 1)), 2)),
        lambda: setattr(explorer.view.person, "value", str(rng.choice(explorer.view.person.options))),
        lambda: press(explorer, str(rng.choice(["like", "download", "similar", "why"])), rng.integers(1, 13), rng.integers(2)),
        lambda: upload(explorer, [png(), b"broken"][rng.integers(2)]),
        lambda: explorer.view.forget.click(),
        lambda: explorer.view.again.click(),
    ]  # fmt: skip
    failed = 0
    for _ in range(200):
        actions[rng.integers(len(actions))]()
        assert (drawn(explorer, 0), drawn(explorer, 1)) == explorer.shown()
        question, user = explorer.state.question, explorer.state.user_id
        image = question.picture and question.picture.base64
        text = question.text.strip() or None
        fresh = world.search(None, text=text, image=image, user_id=user, weight=question.weight, size=DEFAULT_CANDIDATES)
        assert explorer.shown()[1] == [result.image_id for result in fresh[:SHOWN]]
        failed += 'role="alert"' in explorer.line
    assert 0 < failed < 100


def test_its_stored_form_holds_a_picture_and_its_words(explorer):
    data, metadata = explorer._repr_mimebundle_()
    assert data["image/jpeg"][:3] == b"\xff\xd8\xff"
    assert data["text/plain"].startswith(metadata["image/jpeg"]["alt"])
    for name in [*explorer.shown()[0], *explorer.shown()[1]]:
        assert name in data["text/plain"]
    assert len(repr(explorer.view.box)) < 200


def test_show_static_prints_both_orders_with_their_scores(explorer, capsys):
    explorer.show_static()
    printed = capsys.readouterr().out
    assert f"“cat” for everybody: {' '.join(explorer.shown()[0])}" in printed
    first = explorer.state.answer.personalized[0]
    assert f"match {first.search_score:.4f}  taste {first.taste_score:.4f}  {first.image_id} (group {first.cluster})" in printed
