"""200 texts that fit no picture, to examine with."""

import random
import string
import tomllib
from pathlib import Path

SETTINGS = Path(__file__).with_name("nonsense.toml")


def nonsense(n: int = 200) -> list[str]:
    """The same texts every time: foreign words and phrases, then random letters, pronounceable and not."""
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    texts = [*settings["words"].split(), *settings["phrases"], "", "xyzzy", "1234", "zzz", "!!!", "qwrtpl", "asdfgh"]
    rng = random.Random(2026)
    while len(texts) < n:
        letters = string.ascii_lowercase if len(texts) % 2 else "aeioulmnrst"
        texts.append("".join(rng.choice(letters) for _ in range(rng.randrange(4, 11))))
    return texts[:n]
