"""Where the workshop runs: the environment decides, else data/workshop.toml, else offline."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3

from .faults import NO_FAULTS, FaultPlan, parse_faults

REPOSITORY = Path(__file__).resolve().parents[1]
SHIPPED_DATA = REPOSITORY / "data"
DEFAULT_PREFIX = "workshop"
FILE_KEYS = (
    "mode", "prefix", "region", "bucket", "role_arn", "opensearch_url", "opensearch", "embedder", "faults", "shared",
)  # fmt: skip
EMBEDDERS = ("titan", "nova", "clip")  # the first is the default
OPENSEARCH_FLAVOURS = ("domain", "serverless-classic", "serverless-nextgen")
DEFAULT_REGION = "us-east-1"  # offers Titan Multimodal Embeddings and every other service we use


class SettingsError(ValueError):
    """A setting that can't be used; the message names it and says what it may be."""


@dataclass(frozen=True)
class Settings:
    """The reader's choices. `decided_by` says which source chose the mode.

    opensearch: one of OPENSEARCH_FLAVOURS, or None where the endpoint's name shall tell. shared: the prefix of an instructor
    whose campaign, event tracker and index are used in place of one's own.
    """

    mode: str
    prefix: str
    region: str
    data: Path
    decided_by: str
    bucket: str | None = None
    role_arn: str | None = None
    opensearch_url: str | None = None
    opensearch: str | None = None
    embedder: str = EMBEDDERS[0]
    faults: FaultPlan = NO_FAULTS
    shared: str | None = None

    def __str__(self) -> str:
        """What `connect()` prints: the choices, and on a line of their own the faults to be met on purpose."""
        chosen = f"mode: {self.mode} (chosen by {self.decided_by})"
        model = "" if self.embedder == EMBEDDERS[0] else f" · embedder: {self.embedder}"
        kind = "" if self.opensearch in (None, "domain") else f" · OpenSearch: {self.opensearch}"
        faults = f"\nfaults on purpose: {self.faults}" if self.faults else ""
        return f"{chosen} · region: {self.region} · prefix: {self.prefix}{model}{kind}{faults}"

    def with_faults(self, text: str) -> Settings:
        """The same choices offline, where the calls meet these faults: `connect(settings=…)` rehearses, and AWS sees nothing."""
        return replace(self, mode="offline", faults=_planned(text))

    @property
    def room(self) -> str:
        """The prefix of the stack that is used: one's own, or the instructor's."""
        return self.shared or self.prefix

    @property
    def home(self) -> Path:
        """The folder of this mode's state and caches: data/offline or data/aws."""
        return self.data / self.mode


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force: WORKSHOP_* variables, then data/workshop.toml, then the defaults (offline).

    Raises SettingsError for a mode, prefix, embedder, flavour, list of faults or file that can't be used.
    """
    env = os.environ if environment is None else environment
    data = Path(env.get("WORKSHOP_DATA") or SHIPPED_DATA).expanduser().resolve()
    written = _read_file(data / "workshop.toml")
    if unknown := sorted(set(written) - set(FILE_KEYS)):
        raise SettingsError(
            f"{data / 'workshop.toml'} has {', '.join(unknown)}, which means nothing; it may have {', '.join(FILE_KEYS)}."
        )

    def setting(name: str, default: str | None = None) -> str | None:
        return env.get(f"WORKSHOP_{name.upper()}") or written.get(name) or default

    mode = setting("mode", "offline") or "offline"
    if mode not in ("offline", "aws"):
        raise SettingsError(f"WORKSHOP_MODE is {mode!r}; it may be 'offline' or 'aws'.")
    prefix = setting("prefix", DEFAULT_PREFIX) or DEFAULT_PREFIX
    shared = setting("shared")
    for name, value in (("PREFIX", prefix), ("SHARED", shared or prefix)):
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,18}[a-z0-9]", value):
            raise SettingsError(
                f"WORKSHOP_{name} is {value!r}; use 3–20 small letters, digits and hyphens, a letter first "
                "(every AWS resource is named after it)."
            )
    if prefix.endswith("-own"):
        stem = prefix.removesuffix("-own")
        raise SettingsError(
            f"WORKSHOP_PREFIX is {prefix!r}; take one that does not end in -own. What notebook 10 makes under {stem!r} "
            f"is called {stem}-own-…, and clean-up has to tell them apart."
        )
    if shared == prefix:
        raise SettingsError(
            f"WORKSHOP_SHARED is your own prefix, {prefix!r}. An attendee gives the instructor's, and a WORKSHOP_PREFIX of their "
            "own; the instructor gives no WORKSHOP_SHARED."
        )
    embedder = setting("embedder", EMBEDDERS[0]) or EMBEDDERS[0]
    if embedder not in EMBEDDERS:
        raise SettingsError(f"WORKSHOP_EMBEDDER is {embedder!r}; it may be 'titan', 'nova' or 'clip'.")
    opensearch = setting("opensearch")
    if opensearch and opensearch not in OPENSEARCH_FLAVOURS:
        raise SettingsError(f"WORKSHOP_OPENSEARCH is {opensearch!r}; it may be {', '.join(OPENSEARCH_FLAVOURS)}.")
    faults = _planned(setting("faults"))
    if faults and mode == "aws":
        raise SettingsError("WORKSHOP_FAULTS works offline only; AWS has faults of its own. Unset it, or WORKSHOP_MODE.")
    source = (
        "WORKSHOP_MODE"
        if env.get("WORKSHOP_MODE")
        else "data/workshop.toml"
        if written.get("mode")
        else "the default"
    )
    return Settings(
        mode,
        prefix,
        setting("region") or (_region_of_the_reader(env) if mode == "aws" else None) or DEFAULT_REGION,
        data,
        source,
        setting("bucket"),
        setting("role_arn"),
        env.get("OPENSEARCH_URL") or written.get("opensearch_url"),
        opensearch,
        embedder,
        faults,
        shared,
    )


def _planned(text: str | None) -> FaultPlan:
    try:
        return parse_faults(text)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _region_of_the_reader(env: Mapping[str, str]) -> str | None:
    """The region of the environment or of the reader's AWS profile."""
    return env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or boto3.Session().region_name


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML ({error}). Correct it, or delete it to go back to offline."
        ) from error
