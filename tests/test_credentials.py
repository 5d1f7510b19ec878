"""Signing in again is enough: genuine botocore sessions and clients, whose requests are answered by the key that signed them."""

from __future__ import annotations

import hashlib
import io
import json
import re

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from helpers.credentials import FollowingCredentials, ask_to_sign_in, following_session
from helpers.local.errors import ServiceError
from helpers.local.session import LocalSession
from helpers.outages import SignInAgain

KEYS = "[default]\naws_access_key_id = {0}\naws_secret_access_key = secret\naws_session_token = token\n"


class Raw(io.BytesIO):
    """The body of a response, as botocore reads it."""

    def stream(self, **_):
        yield self.read()


class Account:
    """Answers ListCampaigns while the key is valid; `keys` are those that signed the requests."""

    def __init__(self):
        self.valid, self.keys = set(), []

    def __call__(self, request, **_):
        self.keys.append(re.search(r"Credential=(\w+)/", request.headers["Authorization"].decode())[1])
        if self.keys[-1] in self.valid:
            return AWSResponse(request.url, 200, {}, Raw(b'{"campaigns": []}'))
        body = {"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"}
        return AWSResponse(request.url, 400, {}, Raw(json.dumps(body).encode()))


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The reader's two files, empty at first."""
    for variable, name in (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")):
        (tmp_path / name).write_text("")
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.fixture
def account():
    return Account()


def client_of(account):
    session = following_session("us-east-1")
    session.events.register("before-send", account)
    return session.client("personalize")


def test_new_keys_in_the_file_are_used_by_the_client_that_exists(files, account):
    files.joinpath("credentials").write_text(KEYS.format("YESTERDAY"))
    client, account.valid = client_of(account), {"YESTERDAY"}
    client.list_campaigns()
    account.valid = {"TODAY"}
    with pytest.raises(SignInAgain, match=r"ExpiredTokenException.*The kernel can stay"):
        client.list_campaigns()
    files.joinpath("credentials").write_text("")  # a moment of writing it anew
    with pytest.raises(SignInAgain):
        client.list_campaigns()
    files.joinpath("credentials").write_text(KEYS.format("TODAY"))
    assert client.list_campaigns()["campaigns"] == []
    assert account.keys == ["YESTERDAY", "YESTERDAY", "YESTERDAY", "TODAY"]


def test_new_keys_in_the_environment_are_used_too(files, account, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "YESTERDAY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client, account.valid = client_of(account), {"YESTERDAY", "TODAY"}
    client.list_campaigns()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "TODAY")
    client.list_campaigns()
    assert account.keys == ["YESTERDAY", "TODAY"]


def test_boto3_alone_would_have_kept_the_old_keys(files):
    """Why the class exists."""
    files.joinpath("credentials").write_text(KEYS.format("YESTERDAY"))
    alone = botocore.session.Session()
    alone.get_credentials()
    ours = FollowingCredentials()
    files.joinpath("credentials").write_text(KEYS.format("TODAY"))
    assert alone.get_credentials().get_frozen_credentials().access_key == "YESTERDAY"
    assert ours.get_frozen_credentials().access_key == ours.access_key == "TODAY"


def test_without_any_credentials_the_session_has_none(files):
    assert following_session("us-east-1").get_credentials() is None


def test_an_sso_sign_in_that_expired_is_renewed_by_signing_in_again(files, account, monkeypatch):
    start = "https://workshop.awsapps.com/start"
    files.joinpath("config").write_text(
        f"[default]\nsso_start_url = {start}\nsso_region = us-east-1\nsso_account_id = 000000000000\nsso_role_name = reader\n"
    )
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(files))
    cached = files / f"{hashlib.sha1(start.encode()).hexdigest()}.json"

    def sign_in(expires):
        cached.write_text(json.dumps({"startUrl": start, "accessToken": "t", "expiresAt": expires}))

    role = {"accessKeyId": "SSOKEY", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4102444800000}

    def find():
        core = botocore.session.Session()
        body = json.dumps({"roleCredentials": role}).encode()
        core.register("before-send.sso", lambda request, **_: AWSResponse(request.url, 200, {}, Raw(body)))
        return core.get_credentials()

    sign_in("2001-01-01T00:00:00Z")
    credentials = FollowingCredentials(find)
    for _ in range(2):
        with pytest.raises(SignInAgain, match="UnauthorizedSSOTokenError"):
            credentials.get_frozen_credentials()
    sign_in("2100-01-01T00:00:00Z")
    assert credentials.get_frozen_credentials().access_key == "SSOKEY"


def test_offline_an_injected_expiry_reads_the_same():
    def faults(service, operation):
        return ServiceError("ExpiredTokenException", "The security token included in the request is expired", 403)

    session = LocalSession({"personalize": type("P", (), {"list_campaigns": lambda self: {}})()}, faults=faults)
    ask_to_sign_in(session)
    with pytest.raises(SignInAgain, match="aws sso login"):
        session.client("personalize").list_campaigns()
