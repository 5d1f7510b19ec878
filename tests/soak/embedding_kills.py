"""Kill a process that embeds, again and again, and see that nothing acknowledged is lost or asked for twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import kill_embedding
from PIL import Image

from helpers.vector_cache import VectorCache

PICTURES = 240
WORKERS = 4
ASKED_LINE = 65  # bytes: a SHA-256 in hexadecimal and its line's end


def draw(folder: Path, n: int = PICTURES) -> None:
    """So many small pictures, all different, in FOLDER/pictures."""
    (folder / "pictures").mkdir(parents=True)
    for number in range(n):
        Image.new("RGB", (8, 8), (number % 256, number // 256, 7)).save(folder / "pictures" / f"{number:04d}.png")


def kill(server: subprocess.Popen, folder: Path, rng: random.Random) -> list[str]:
    """What is wrong after one kill at a moment of the draw, in words; the folder goes on being filled from kill to kill."""
    assert server.stdin and server.stdout
    before, asked_before = _lines(folder / "kept.log"), _lines(folder / "asked.log")
    print(file=server.stdin, flush=True)
    process = int(server.stdout.readline())
    # After so many further pictures and a moment, not after so long: a busy machine may not have begun by then.
    until = (len(asked_before) + rng.randrange(60)) * ASKED_LINE
    with suppress(ProcessLookupError):  # it may be through already
        while _size(folder / "asked.log") < until:
            os.kill(process, 0)
            time.sleep(0.001)
        time.sleep(rng.random() * 0.01)
        os.kill(process, signal.SIGKILL)
    assert server.stdout.readline() == "over\n"
    names, kept = kill_embedding.names_in_log(folder), _lines(folder / "kept.log")
    with VectorCache(folder / "vectors.sqlite", model="noting", dimension=8) as cache:
        lost = [digest for digest in set(kept) if digest not in cache]
    asked = _lines(folder / "asked.log")[len(asked_before) :]
    again = {names[digest] for digest in before} & set(asked)
    unkept = len(set(asked) - {names[digest] for digest in kept})
    problems = [f"{len(lost)} lost"] if lost else []
    problems += [f"{len(again)} acknowledged ones asked for again"] if again else []
    # A kill may also come between the disk and our own note, so such pictures are not held against the cache.
    problems += [f"{unkept} asked for and not acknowledged"] if unkept > 2 * WORKERS else []
    return problems


def trial(folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Kills in a row; when all pictures are there, the folder begins again with no cache."""
    rng, problems, full = random.Random(seed), Counter[str](), 0
    draw(folder)
    command = [sys.executable, kill_embedding.__file__, str(folder)]
    root = Path(kill_embedding.__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as server:
        assert server.stdout and server.stdout.readline() == "ready\n"
        for _ in range(kills):
            problems.update(kill(server, folder, rng))
            if len(set(_lines(folder / "kept.log"))) == PICTURES:
                full += 1
                for name in ("vectors.sqlite", "vectors.sqlite-journal", "kept.log", "asked.log"):
                    (folder / name).unlink(missing_ok=True)
    kept = full * PICTURES + len(set(_lines(folder / "kept.log")))
    return {"kills": kills, "problems": dict(problems), "filled": full, "kept": kept}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def embedding_trials(n: int, seed: int, folder: Path) -> dict:
    """The table's row for so many kills."""
    start = time.monotonic()
    found = trial(folder / "embedding", n, seed)
    bad = sum(found["problems"].values())  # type: ignore[attr-defined]
    if not bad:
        shutil.rmtree(folder)
    return {"good": n - bad, "trials": n, "seed": seed, "kills": n, "seconds": round(time.monotonic() - start),
            "failed": found["problems"], "times filled": found["filled"]}  # fmt: skip

