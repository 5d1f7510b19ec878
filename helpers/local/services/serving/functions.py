"""Lambda functions: a record of each, and its zip unpacked beside it."""

import compileall
import hashlib
import io
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...arns import s3_uri
from ...errors import ServiceError
from ...store import Store

FUNCTIONS = "lambda/functions"
_RUNTIME = "python3.13"
_NUMBERS = ("MemorySize", "ReservedConcurrentExecutions", "Timeout")


class FunctionRefused(ServiceError):
    """A function that can't be made like that. unconfirmed: the texts in which AWS says so."""

    def __init__(self, message: str):
        super().__init__("InvalidParameterValueException", message)


class Functions:
    """The functions of the account.

    read_object : the bytes behind an S3 URI; raises ServiceError. role_exists : whether there is a role with this ARN.
    """

    def __init__(self, store: Store, read_object: Callable[[str], bytes], role_exists: Callable[[str], bool]):
        self._store, self._read_object, self._role_exists = store, read_object, role_exists

    def get(self, name: str) -> dict[str, Any] | None:
        """The function as it is now, or None."""
        return self._store.read(FUNCTIONS, name)

    def put(self, name: str, properties: Mapping[str, Any]) -> None:
        """Makes the function or brings it to these properties. Raises ServiceError."""
        if properties["Runtime"] != _RUNTIME:
            raise FunctionRefused(f"offline there is {_RUNTIME} only, not {properties['Runtime']}")
        if not self._role_exists(properties["Role"]):
            raise FunctionRefused("The role defined for the function cannot be assumed by Lambda.")
        content = self._read_object(s3_uri(properties["Code"]["S3Bucket"], properties["Code"]["S3Key"]))
        digest = hashlib.sha256(content).hexdigest()[:16]
        folder = self._folder(name) / digest
        if not folder.exists():
            _unpack(content, folder)
        with self._store.lock(FUNCTIONS):
            kept = (self.get(name) or {}).get("permissions", {})
            numbers = {key: int(properties[key]) for key in _NUMBERS if key in properties}  # parameters of a stack are texts
            self._store.write(FUNCTIONS, name, {**properties, **numbers, "code": str(folder), "permissions": kept})
        for other in self._folder(name).iterdir():
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)

    def remove(self, name: str) -> None:
        """Removes it if it is there; its containers end at their next request, or when they see that it is gone."""
        self._store.delete(FUNCTIONS, name)
        shutil.rmtree(self._folder(name), ignore_errors=True)

    def permit(self, name: str, statement: str, permission: Mapping[str, Any] | None) -> None:
        """Adds a statement to the function's policy, or removes it; nothing where there is no such function."""
        with self._store.lock(FUNCTIONS):
            function = self.get(name)
            if function is None:
                return
            others = {key: value for key, value in function["permissions"].items() if key != statement}
            function["permissions"] = others | ({} if permission is None else {statement: dict(permission)})
            self._store.write(FUNCTIONS, name, function)

    def log_of(self, name: str) -> Path:
        """The file that has what the function printed."""
        return self._store.root / "logs" / "aws" / "lambda" / f"{name}.log"

    def _folder(self, name: str) -> Path:
        return self._store.path("lambda/code", name, "")


def _unpack(content: bytes, folder: Path) -> None:
    draft = folder.with_name(f".{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(draft)  # keeps what it unpacks below the folder, whatever names stand in the zip
    except zipfile.BadZipFile as error:
        raise FunctionRefused("Could not unzip uploaded file.") from error
    compileall.compile_dir(draft, quiet=2)
    draft.rename(folder)
