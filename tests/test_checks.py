"""A checkpoint is quiet when its sentence is true, and says what to run again when it is not."""

import pytest

from helpers import check
from helpers.checks import CheckFailed


def test_a_true_sentence_is_printed_with_a_tick(capsys):
    check([1], "there is something")
    assert capsys.readouterr().out == "✓ there is something\n"


@pytest.mark.parametrize("nothing", [False, None, 0, [], ""])
def test_a_false_sentence_stops_the_notebook_and_names_what_to_rerun(nothing, capsys):
    with pytest.raises(CheckFailed, match=r"not: every picture has its vector\. Run notebook 01 again\."):
        check(nothing, "every picture has its vector", rerun="notebook 01")
    assert capsys.readouterr().out == ""


def test_without_a_hint_the_section_is_to_be_run_again():
    with pytest.raises(AssertionError, match="Run the cells of this section again"):
        check(False, "this holds")
