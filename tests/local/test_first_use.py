"""Services are made when first asked for, once, and can be listed without being made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from helpers.local.first_use import BuiltOnFirstUse


@pytest.fixture
def made():
    return []


@pytest.fixture
def services(made):
    return BuiltOnFirstUse({name: lambda name=name: made.append(name) or object() for name in ("s3", "sts")})


def test_looking_at_the_names_makes_nothing(services, made):
    assert list(services) == ["s3", "sts"] and len(services) == 2
    assert "s3" in services and "lambda" not in services
    assert made == []


def test_each_is_made_once_whoever_asks_at_the_same_time(services, made):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: services["s3"], range(64)))
    assert len(found) == 1 and made == ["s3"]


def test_an_unknown_one_is_a_key_error(services):
    with pytest.raises(KeyError, match="lambda"):
        services["lambda"]
