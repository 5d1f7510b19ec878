"""One name, one model; and the same interface behind each name."""

from __future__ import annotations

import inspect

import pytest

from helpers import settings
from helpers.embedder import Embedder
from helpers.models import EMBEDDERS, make_embedder


def test_the_setting_may_be_what_there_is():
    assert tuple(EMBEDDERS) == settings.EMBEDDERS


@pytest.mark.parametrize("name", EMBEDDERS)
def test_a_name_gives_its_model_and_asks_for_no_client_that_it_does_not_need(name):
    asked: list[str] = []
    model = make_embedder(name, lambda service: asked.append(service))
    assert type(model) is EMBEDDERS[name]
    assert asked == (["bedrock-runtime"] if model.on_bedrock else [])
    assert (model.model, model.dimension) == (EMBEDDERS[name].model, EMBEDDERS[name].dimension)


@pytest.mark.parametrize("name", EMBEDDERS)
def test_every_model_embeds_by_the_same_signature(name):
    assert inspect.signature(EMBEDDERS[name].embed) == inspect.signature(Embedder.embed)


def test_no_two_models_share_an_id():
    assert len({kind.model for kind in EMBEDDERS.values()}) == len(EMBEDDERS)
