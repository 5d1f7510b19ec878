"""A disk that is full or may not be written to, said in words that help."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .outages import OneLine

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}


class DiskError(OneLine, OSError):
    """The folder of our data can't be written to; the message says why and what to do."""

    def __str__(self) -> str:
        return str(self.strerror)


def trouble_with(folder: Path, code: int | None, reason: str) -> DiskError | None:
    """What to tell a reader whose write below `folder` failed with this errno; None for what has no next step."""
    if code in _FULL:
        text = (
            f"There is no room left on the disk of {folder} ({reason}). Nothing is half written. Free some space, then run this "
            "cell again: it goes on where it stopped."
        )
        return DiskError(code, text)
    if code in _CLOSED:
        text = (
            f"{folder} can't be written to ({reason}). Make it writable for your user, or set WORKSHOP_DATA to a folder that is, "
            "then start the kernel again."
        )
        return DiskError(code, text)
    return None


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """`with writing_to(folder):` around what writes below it. Raises DiskError in place of an OSError that has a next step."""
    try:
        yield
    except DiskError:
        raise
    except OSError as error:
        if trouble := trouble_with(folder, error.errno, error.strerror or str(error)):
            raise trouble from error
        raise
