"""A function's containers: processes of their own, one request at a time each, kept warm for the next."""

import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

LAMBDA_BYTES = 6 * 1024 * 1024  # of an event or an answer (Lambda quotas, Invocation payload)
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")
_OF_TESTS = ("PYTHONPATH", "WORKSHOP_TEST_DATE", "WORKSHOP_SOCKET_LOG", "WORKSHOP_SOCKET_ALLOWED")  # their guard and their date


class FunctionError(RuntimeError):
    """The function raised, ended, or took longer than it may."""


class Containers:
    """The containers that one process has of one function.

    command : what starts a container, given the function's record. log : gets what the function prints.

    Lambda starts another container whenever all are busy, up to the reserved concurrency, and refuses what comes beyond.
    Here there are no more of them than processors, and what comes beyond waits.
    """

    def __init__(self, command: Callable[[Mapping[str, Any]], Sequence[str]], log: Path):
        self._command, self._log = command, log
        self._idle: list[_Container] = []
        self._number, self._is_closed = 0, False
        self._changed = threading.Condition()

    def invoke(self, function: Mapping[str, Any], event: Mapping[str, Any]) -> Any:
        """The handler's answer. Raises FunctionError."""
        container = self._take(function)
        is_well = False
        try:
            answer = container.ask(json.dumps(event), function.get("Timeout", 3))
            is_well = True
        finally:
            self._give_back(container, is_well)
        if "raised" in answer:
            raise FunctionError(f"the handler raised {answer['raised']}")
        return answer["answer"]

    def close(self) -> None:
        """Ends all of them, those that work as soon as they are done."""
        with self._changed:
            self._is_closed = True
            while self._idle:
                self._end(self._idle.pop())

    def _take(self, function: Mapping[str, Any]) -> "_Container":
        version = json.dumps({key: value for key, value in function.items() if key != "permissions"}, sort_keys=True)
        most = max(1, min(os.cpu_count() or 1, function.get("ReservedConcurrentExecutions", 1000)))
        with self._changed:
            while True:
                while self._idle:
                    container = self._idle.pop()  # the one that worked last: in a quiet hour the others rest
                    if container.version == version and container.is_alive():
                        return container
                    self._end(container)  # of code or settings that are gone
                if self._number < most:
                    self._number += 1
                    break
                self._changed.wait()
        try:
            return _Container(self._command(function), function, version, self._log)
        except BaseException:
            self._lose()
            raise

    def _give_back(self, container: "_Container", is_well: bool) -> None:
        with self._changed:
            if is_well and not self._is_closed:
                self._idle.append(container)
                self._changed.notify()
            else:
                self._end(container)

    def _end(self, container: "_Container") -> None:
        container.end()
        self._lose()

    def _lose(self) -> None:
        with self._changed:
            self._number -= 1
            self._changed.notify()


class _Container:
    def __init__(self, command: Sequence[str], function: Mapping[str, Any], version: str, log: Path):
        self.version = version
        own = {name: os.environ[name] for name in (*_PASSED_ON, *_OF_TESTS) if name in os.environ}
        own |= {"AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"], "LAMBDA_TASK_ROOT": function["code"]}
        own |= {"OMP_NUM_THREADS": "1"} | function.get("Environment", {}).get("Variables", {})
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab") as target:
            # A session of its own: who interrupts the notebook does not mean it.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=target, env=own, start_new_session=True, bufsize=0
            )

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, event: str, seconds: float) -> dict[str, Any]:
        """The answer. Raises FunctionError."""
        deadline, questions, answers = time.monotonic() + seconds, self._process.stdin, self._process.stdout
        assert questions and answers
        try:
            # select() itself refuses the files of a process that has more than a thousand open.
            with selectors.DefaultSelector() as ready:
                ready.register(answers, selectors.EVENT_READ)
                _write_whole(questions.fileno(), event.encode() + b"\n")
                line = b""
                while not line.endswith(b"\n"):
                    if not ready.select(max(0.0, deadline - time.monotonic())):
                        raise FunctionError(f"no answer within {seconds} seconds")
                    piece = os.read(answers.fileno(), 1 << 20)
                    if not piece:
                        raise FunctionError("the container ended")
                    line += piece
        except OSError as error:
            raise FunctionError("the container ended") from error
        return json.loads(line)

    def end(self) -> None:
        """Ends the process, at once if it is busy."""
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert pipe
                pipe.close()
        self._process.kill()
        self._process.wait()


def _write_whole(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
