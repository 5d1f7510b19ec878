"""Any folder of pictures as a library: what can be used, under ids of its own, and a report of all that was left out."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .embedder import Embedder
from .embeddings import EmbedError, embed_images
from .picture_files import PictureError, describe, open_picture
from .progress import progress

MOST_FILE_BYTES = 256 * 2**20
LONGEST_ID = 200  # bytes; OpenSearch takes 512 in an id of its own
_LITTER = {"thumbs.db", "desktop.ini", "__macosx"}


class LibraryError(ValueError):
    """There is no picture to work with; the message says what to do."""


@dataclass(frozen=True)
class Library:
    """Pictures by image_id, and a word on every file.

    pictures: columns file (path), title, kind ("JPEG 640 × 480 CMYK, turned"); sorted by id. No labels: nothing here knows
    what a picture shows. report: columns file, outcome ("taken", "same as", "left out"), why; in the order of the folder.
    """

    root: Path
    pictures: pd.DataFrame
    report: pd.DataFrame

    def without(self, failed: Mapping[str, str]) -> Library:
        """The same library less the files that turned out unusable: reason by path, as `EmbedError.failed` has them."""
        if not failed:
            return self
        report = self.report.copy()
        for file, reason in failed.items():
            name = _shown(Path(file), self.root)
            # A path may hold what is no Unicode, and nobody could print it.
            why = os.fsencode(reason.replace(file, name)).decode(errors="backslashreplace")
            report.loc[report["file"] == name, ["outcome", "why"]] = ["left out", why]
        good = [str(file) not in failed for file in self.pictures["file"]]
        return Library(self.root, self.pictures[good], report)

    def plus(self, later: Library) -> Library:
        """Both libraries as one; of two pictures under one id the later one counts."""
        kept = self.pictures[~self.pictures.index.isin(later.pictures.index)]
        report = pd.concat([self.report, later.report], ignore_index=True)
        return Library(self.root, pd.concat([kept, later.pictures]).sort_index(), report)

    def counts(self) -> pd.DataFrame:
        """How many files met each outcome for each reason, with one of them as an example."""
        grouped = self.report.groupby(["outcome", "why"], sort=True)["file"]
        return grouped.agg(files="size", example="first").reset_index()

    @property
    def same_as(self) -> dict[str, str]:
        """image_id of the picture that was taken, by the id of each copy that was not."""
        copies = self.report[self.report["outcome"] == "same as"]
        return dict(zip(copies["file"].map(_id_of), copies["why"].map(_id_of), strict=True))


def read_library(folder: str | Path) -> Library:
    """The pictures in a folder and in all folders below it, whatever else lies there.

    Nothing in the folder is changed. Only the heads of files are read, and the whole of those that have another's size:
    of pictures with the same content the first is taken. Pictures that are damaged further on show when they are embedded.
    Links to files are followed, links to folders are not; hidden files are left out.

    Raises LibraryError where there is no such folder, or no picture in it.
    """
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise LibraryError(f"{root} is no folder. Give the path of a folder with pictures in it.")
    root = root.resolve()
    rows: list[tuple[str, str, str]] = []
    taken: list[tuple[str, Path, str]] = []
    for path, refusal in progress(list(_files_below(root)), "files looked at"):
        name = _shown(path, root)
        kind, why = ("", refusal) if refusal else _look_at(path)
        if kind:
            taken.append((name, path, kind))
        rows.append((name, "left out" if why else "taken", why))
    copies = _copies(taken)
    rows = [(name, "same as", copies[name]) if name in copies else (name, outcome, why) for name, outcome, why in rows]
    report = pd.DataFrame(rows, columns=["file", "outcome", "why"])
    unique = [(_id_of(name), path, Path(name).stem, kind) for name, path, kind in taken if name not in copies]
    pictures = pd.DataFrame(unique, columns=["image_id", "file", "title", "kind"]).set_index("image_id")
    if pictures.empty:
        raise LibraryError(f"{root} has {len(rows)} files and no picture that can be read. Give another folder.")
    return Library(root, pictures.sort_index(), report)


def image_id_of(name: str) -> str:
    """The id of a picture by its path below the folder, as a click log may write it: in one form of Unicode, with slashes."""
    return _id_of(unicodedata.normalize("NFC", name.replace("\\", "/")).removeprefix("./"))


def _id_of(name: str) -> str:
    encoded = name.encode()
    if len(encoded) <= LONGEST_ID:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:16]
    return encoded[: LONGEST_ID - 17].decode(errors="ignore") + "~" + digest


def _shown(path: Path, root: Path) -> str:
    """A file's path below the folder; what is no Unicode in its name is written as numbers."""
    raw = os.fsencode(path.relative_to(root).as_posix())
    return unicodedata.normalize("NFC", raw.decode(errors="backslashreplace"))


def _files_below(root: Path) -> Iterator[tuple[Path, str]]:
    """Every file, sorted, with the reason why it is left out unseen, or ""."""
    for parent, folders, files in os.walk(root, onerror=None):
        folders.sort()
        for name in list(folders):
            path = Path(parent, name)
            if _is_hidden(name):
                folders.remove(name)
                yield path, "a hidden folder"
            elif path.is_symlink():
                folders.remove(name)
                yield path, "a link to a folder; give that folder itself"
            elif not os.access(path, os.R_OK | os.X_OK):
                folders.remove(name)
                yield path, "a folder that may not be opened"
        for name in sorted(files):
            yield Path(parent, name), "a hidden file" if _is_hidden(name) else ""


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _LITTER


def _look_at(path: Path) -> tuple[str, str]:
    """(kind, "") of a picture, ("", why) of anything else."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return "", "no file: a pipe, a socket or a device"
        if not status.st_size:
            return "", "empty"
        if status.st_size > MOST_FILE_BYTES:
            return "", f"larger than {MOST_FILE_BYTES // 2**20} MB"
        with path.open("rb") as file, open_picture(file) as image:
            return describe(image), ""
    except OSError as error:
        dangling = path.is_symlink() and isinstance(error, FileNotFoundError)
        return "", "a link that leads nowhere" if dangling else f"cannot be read ({error.strerror})"
    except PictureError as error:
        return "", str(error)


def _copies(taken: list[tuple[str, Path, str]]) -> dict[str, str]:
    """Name of the first file with the same content, by the name of each later one."""
    by_size: dict[int, list[tuple[str, Path]]] = defaultdict(list)
    for name, path, _ in taken:
        by_size[path.stat().st_size].append((name, path))
    found, first = {}, dict[str, str]()
    for group in by_size.values():
        for name, path in group if len(group) > 1 else []:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest in first:
                found[name] = first[digest]
            else:
                first[digest] = name
    return found


def embed_library(
    library: Library, *, embedder: Embedder, cache: Path, workers: int = 8, dollars_each: float = 0.0
) -> tuple[Library, NDArray[np.float32]]:
    """(the library of what could be embedded, its vectors (n_pictures, dimension) in the order of its pictures).

    Options are those of `embed_images`. A picture that is damaged, or that the model refuses, ends up in the report.
    Raises LibraryError when none is left, and what `embed_images` raises when the model itself can't be used.
    """

    def embed() -> NDArray[np.float32]:
        paths = list(library.pictures["file"])
        return embed_images(paths, embedder=embedder, cache=cache, workers=workers, dollars_each=dollars_each)

    try:
        return library, embed()
    except EmbedError as error:
        if not error.failed:
            raise
        library = library.without(error.failed)
        if library.pictures.empty:
            raise LibraryError(f"No picture of {library.root} could be embedded. {error}") from error
    return library, embed()
