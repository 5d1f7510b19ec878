"""One container of a Lambda function on this machine: a process of its own that imports a zip's code and answers events.

    python lambda_runner.py '{"root": …, "code": …, "handler": …, …}'  < events  > answers

An event is a line of JSON on its input, an answer one on its output: {"answer": …}, or {"raised": …} where the handler
raised. It ends when its input does, so it never outlives the process that started it, however that one ended.

The function finds what it would find in Lambda: its own code first on the path, boto3 with what that needs, and nothing else
that is installed here. Its clients are the genuine ones and land in the offline account.
"""

import importlib
import importlib.abc
import importlib.machinery
import json
import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
# What the runtime of Python 3.13 has beside the standard library: boto3 and its requirements. unconfirmed: urllib3's version
# there, which opensearch-py wants to be 1.26.19 or later.
RUNTIME = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"}


@dataclass(frozen=True)
class Context:
    """What a handler gets beside its event."""

    aws_request_id: str
    function_name: str


class OnlyTheRuntime(importlib.abc.MetaPathFinder):
    """Refuses imports of what is installed here and would be missing in Lambda."""

    def __init__(self, code: Path):
        self._code = str(code)

    def refuses(self, top: str) -> bool:
        """Whether a module or package of this name is none of the function's."""
        if top == "__main__" or top in sys.stdlib_module_names or top in RUNTIME:
            return False
        return importlib.machinery.PathFinder.find_spec(top, [self._code]) is None

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Meanwhile nothing else can be imported, and what was imported already is out of sight."""
        hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if self.refuses(name.partition(".")[0])}
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            sys.meta_path.remove(self)  # the stand-ins import their own libraries when they are first asked
            sys.modules.update(hidden)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """None, which leaves the import to the finders behind. Raises ModuleNotFoundError."""
        if "." not in name and self.refuses(name):
            raise ModuleNotFoundError(f"No module named {name!r}: the Lambda runtime lacks it, and so does the zip", name=name)


def main() -> None:
    """Answers events until there are no more."""
    told = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the function prints goes to its log, as in Lambda
    handle = load_handler(told)
    for line in sys.stdin:
        context = Context(str(uuid.uuid4()), os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
        try:
            answer = json.dumps({"answer": handle(json.loads(line), context)})
        except Exception as error:
            sys.stderr.write(f"{type(error).__name__} raised by the handler\n")
            answer = json.dumps({"raised": type(error).__name__})
        sys.stdout.flush()
        answers.write(answer + "\n")
        answers.flush()


def load_handler(told: dict[str, Any]) -> Any:
    """The function that the zip's handler names, imported with the offline account behind boto3 and opensearch-py."""
    code = Path(told["code"])
    sys.path.insert(0, str(code))
    guard = OnlyTheRuntime(code)
    if importlib.machinery.PathFinder.find_spec("opensearchpy", [str(code)]):
        with guard.in_force():  # before the stand-in for it: what it would use if it were there, it must not find here either
            importlib.import_module("opensearchpy")
    stand_in_for_aws(told)
    with guard.in_force():
        module, _, function = told["handler"].rpartition(".")
        return getattr(importlib.import_module(module), function)


def stand_in_for_aws(told: dict[str, Any]) -> None:
    """Makes boto3's default session that of the offline account, and its node the place where opensearch-py connects."""
    # Not `import helpers`, which would bring all that notebooks need: the stand-ins alone come from the repository.
    package = ModuleType("helpers")
    package.__path__ = [str(REPOSITORY / "helpers")]
    sys.modules["helpers"] = package
    import boto3

    cloud: Any = importlib.import_module("helpers.local.cloud").LocalCloud(
        Path(told["root"]), weights=Path(told["weights"]), region=told["region"], opensearch_flavour=told["flavour"]
    )
    boto3.DEFAULT_SESSION = cloud.session
    boto3.Session = lambda *_, **__: cloud.session
    if told["node"]:
        connection = importlib.import_module("helpers.local.opensearch.connection")
        transport = importlib.import_module("opensearchpy").Transport
        transport.DEFAULT_CONNECTION_CLASS = staticmethod(partial(connection.LocalConnection, node=cloud.node))


if __name__ == "__main__":
    main()
