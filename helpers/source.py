"""Show a function where it is first taught."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from IPython.display import Markdown, display


def show_source(*functions: Callable[..., Any]) -> None:
    """Displays the functions' code as it stands in helpers/, so that there is one copy of it."""
    code = "\n\n".join(inspect.getsource(function) for function in functions)
    display(Markdown(f"```python\n{code}```"))
