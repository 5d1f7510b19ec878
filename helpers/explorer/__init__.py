"""The explorer of notebook 07: generic and personalized results side by side, alive."""

from .events import Explorer

__all__ = ["Explorer"]
