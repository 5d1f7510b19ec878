"""How long things take, said in one way, from one table."""

from __future__ import annotations

import re
import tomllib

from helpers.catalog import SEEDS
from helpers.durations import say_started, usual


def test_times_are_said_in_words():
    assert usual("solution version") == "15–50 minutes"
    assert usual("campaign") == "10 minutes"
    assert usual("event tracker") == "1 minute"
    assert usual("unicorn") == ""


def test_the_line_says_what_how_long_and_what_to_read(capsys):
    say_started("dataset import job w", "dataset import job")
    line = capsys.readouterr().out
    assert line.startswith("dataset import job w: started, or found. On AWS it usually takes 10–15 minutes. Meanwhile: ")


def test_what_there_is_to_read_is_there():
    table = tomllib.loads((SEEDS / "prices.toml").read_text(encoding="utf-8"))["duration"]
    notebooks = SEEDS.parent / "notebooks"
    for name, entry in table.items():
        assert 0 < entry["minutes"][0] <= entry["minutes"][1], name
        words = entry.get("meanwhile", "")
        for heading, number in re.findall(r"'([^']+)' in notebook (\d\d)", words):
            [path] = notebooks.glob(f"{number}_*.ipynb")
            assert f"## {heading}" in path.read_text(encoding="utf-8"), name
        for page in re.findall(r"\w+\.md", words):
            assert (notebooks / page).exists()
