"""Which file a key is kept in, and which key a file holds.

`clusters/train.csv` is kept in just that path. A key may hold what a path cannot, so a % starts an escape:

    %2E %3A …   a character that file systems forbid or that would leave the folder
    %0          an empty segment, as in "a//b" or "a/"
    %_          goes on with the segment before it, because one file name would have been too long
    %=          at the end of a file: the object "a", where "a" is a folder because there is "a/b" too
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote

LONGEST_NAME = 200  # bytes; file systems stop at 255
OBJECT_BESIDE_FOLDER = "%="
_GOES_ON = "%_"
_EMPTY = "%0"
_FORBIDDEN = re.compile(r'[%\\:*?"<>|\x00-\x1f\x7f]')


def parts_of(key: str) -> list[str]:
    """The folders and the file name, in order, that keep the object `key`."""
    return [part for segment in key.split("/") for part in _parts_of_segment(segment)]


def key_of(parts: Sequence[str]) -> str | None:
    """The key of the object in this path; None for a file that is no object."""
    *folders, file = parts
    names = [*folders, file.removesuffix(OBJECT_BESIDE_FOLDER)]
    segments: list[str] = []
    for name in names:
        if name.startswith(_GOES_ON) and segments:
            segments[-1] += name.removeprefix(_GOES_ON)
        else:
            segments.append("" if name == _EMPTY else name)
    key = "/".join(unquote(segment) for segment in segments)
    try:
        return key if parts_of(key) == names else None
    except UnicodeEncodeError:
        return None


def _parts_of_segment(segment: str) -> list[str]:
    if segment in ("", ".", ".."):
        return [segment.replace(".", "%2E") or _EMPTY]
    escaped = _FORBIDDEN.sub(lambda match: f"%{ord(match[0]):02X}", segment)
    pieces = [""]
    for character in escaped:
        if len((pieces[-1] + character).encode()) > LONGEST_NAME:
            pieces.append(_GOES_ON)
        pieces[-1] += character
    return pieces
