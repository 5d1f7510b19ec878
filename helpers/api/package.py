"""Pack what runs in Lambda into a small zip:  python -m helpers.api.package OUT.zip

Our own files travel as they are, under another package name: `helpers` itself imports all that notebooks need. opensearch-py
comes from the installed distributions, with those of its requirements that the Lambda runtime lacks and a search needs.
"""

import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path, PurePosixPath

HELPERS = Path(__file__).resolve().parents[1]
PACKAGE = "search_api"
HANDLER = f"{PACKAGE}.api.handler.handle"
OURS = (
    "api/__init__", "api/container", "api/handler", "api/pictures", "api/questions", "embedder", "fusion", "model_match", "nova",
    "ranking_client", "search", "titan", "vector_index",
)  # fmt: skip
# opensearch-py's requirements but opensearch-protobufs (for gRPC only) and what the runtime has, which is boto3 with its own
# requirements (urllib3 and dateutil among them); and what `requests` needs in its turn.
VENDORED = ("opensearch-py", "Events", "requests", "certifi", "charset-normalizer", "idna")
_LEFT_OUT = {"tests", "cli", "__pycache__"}
_KEPT = {".py", ".pem"}
_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can name


def build_package() -> bytes:
    """The zip, the same bytes for the same sources: files in order of their names, with one time and one set of rights.

    Raises importlib.metadata.PackageNotFoundError where a distribution is not installed.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(_files()):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(entry, content, compresslevel=6)
    return buffer.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    yield f"{PACKAGE}/__init__.py", b""
    for module in OURS:
        yield f"{PACKAGE}/{module}.py", (HELPERS / f"{module}.py").read_bytes()
    for name in VENDORED:
        for file in distribution(name).files or ():
            path = PurePosixPath(file)
            in_a_package = len(path.parts) > 1 and not path.parts[0].endswith((".dist-info", ".data")) and ".." not in path.parts
            is_licence = path.name.upper().startswith(("LICENSE", "NOTICE"))
            if is_licence or (in_a_package and path.suffix in _KEPT and not _LEFT_OUT & set(path.parts)):
                yield str(path), Path(str(file.locate())).read_bytes()


def main() -> int:
    """The exit status of the command; writes the zip to the path that it is given."""
    if len(sys.argv) != 2:
        print("usage: python -m helpers.api.package OUT.zip", file=sys.stderr)
        return 2
    target = Path(sys.argv[1])
    content = build_package()
    target.write_bytes(content)
    print(f"{target}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
