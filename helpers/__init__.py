"""What the notebooks import: one file a step, and `connect()`, which knows where they run."""

from .checks import check
from .workshop import Workshop, connect

__all__ = ["Workshop", "check", "connect"]
