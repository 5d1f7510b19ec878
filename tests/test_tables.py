"""A table of words is whole in both forms."""

from __future__ import annotations

from helpers.tables import Table

LONG = "word " * 40
TABLE = Table(("what", "verdict"), ((LONG, "✓ ok"), ("<b>", "✗ stop")), ("and a line below",))


def test_no_word_is_cut_off():
    assert LONG in repr(TABLE) and LONG in TABLE._repr_html_()
    assert repr(TABLE).splitlines()[-1] == "and a line below"


def test_words_are_no_markup_and_marks_are_bold():
    page = TABLE._repr_html_()
    assert "&lt;b&gt;" in page and page.count("<b style=") == 2 and page.count("<tr>") == 3


def test_empty_cells_leave_no_gap_in_the_text():
    assert repr(Table(("a", "b", "c"), (("1", "", "3"),))).splitlines() == ["a · b · c", "1 · 3"]
