"""A shown function is the code as it stands, so that there is one copy of it."""

import inspect

from helpers import fusion, source


def test_functions_are_shown_as_they_stand_in_the_order_asked_for(monkeypatch):
    shown = []
    monkeypatch.setattr(source, "display", shown.append)
    source.show_source(fusion.fuse, fusion.normalize)
    [page] = shown
    assert page.data == f"```python\n{inspect.getsource(fusion.fuse)}\n\n{inspect.getsource(fusion.normalize)}```"
