"""Take over the README's picture of the explorer from the latest browser tests:  python tests/browser/keep_screenshots.py"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
KEPT = {"app-cat.png": ROOT / "data" / "explorer.jpg"}


def main() -> None:
    for name, target in KEPT.items():
        with Image.open(Path(__file__).parent / "screenshots" / name) as picture:
            picture.convert("RGB").save(target, "JPEG", quality=82, optimize=True, progressive=True)
        print(f"{target}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
