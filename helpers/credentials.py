"""Credentials that follow the reader: after a new sign-in the clients that exist already use it, in the same kernel."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from .outages import is_expired, sign_in_again

_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


class FollowingCredentials:
    """What botocore's own chain finds, found again as soon as the AWS files or variables of the reader have changed.

    boto3 keeps what it found first, in the session and in each client. Credentials that expire by themselves (SSO, `aws
    login`, roles) are renewed by botocore, which reads a new sign-in from its cache; those that stand in a file are not.
    Whatever else botocore asks of credentials is answered by those that are in force.

    Raises SignInAgain when they can't be renewed.
    """

    def __init__(self, find: Callable[[], Any] | None = None):
        self._find = find or (lambda: botocore.session.Session().get_credentials())
        self._lock = Lock()
        core = botocore.session.Session()
        self._files = [os.path.expanduser(core.get_config_variable(name)) for name in ("credentials_file", "config_file")]
        self._seen = self._traces()
        self._found = self._find()

    def __bool__(self) -> bool:
        return self._found is not None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._in_force(), name)

    def get_frozen_credentials(self) -> Any:
        """Access key, secret key and token, as botocore's signers ask for them."""
        try:
            return self._in_force().get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            if is_expired(error):
                raise sign_in_again(error) from error
            raise

    def _in_force(self) -> Any:
        with self._lock:
            if (now := self._traces()) != self._seen:
                # a tool that writes the file anew leaves it empty for a moment
                self._found, self._seen = self._find() or self._found, now
            return self._found

    def _traces(self) -> tuple[object, ...]:
        """What changes when a reader signs in with other keys: the variables, and size and time of the AWS CLI's two files."""
        return (*map(os.environ.get, _VARIABLES), *map(_stamp, self._files))


class _Chain:
    """Stands where botocore's chain of credential providers stands."""

    def load_credentials(self) -> FollowingCredentials | None:
        return FollowingCredentials() or None


def following_session(region: str) -> boto3.Session:
    """A boto3 session of the reader's account whose clients survive a new sign-in, and ask for one in plain words."""
    core = botocore.session.Session()
    core.register_component("credential_provider", _Chain())
    session = boto3.Session(botocore_session=core, region_name=region)
    ask_to_sign_in(session)
    return session


def ask_to_sign_in(session: boto3.Session) -> None:
    """From now on every client made by this session raises SignInAgain when AWS says that the credentials have expired."""
    session.events.register("after-call", _raise_if_expired, unique_id="ask-to-sign-in")


def _raise_if_expired(parsed: dict[str, Any], model: Any, **_: object) -> None:
    if "Error" in parsed:
        error = ClientError(parsed, str(model.name))
        if is_expired(error):
            raise sign_in_again(error) from error


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
