"""Events, good and bad, with the status and the error code that each must get. `pictures` are made by the test."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib

from PIL import Image

REQUEST_ID = "c3RhYmxlLWlk"
LONE_HALF = json.loads('"\\ud83d"')


def event_of(body, route="POST /search", /, **members):
    """An API Gateway event. body: what is sent, as JSON unless it is text already; None for nothing."""
    event = {
        "version": "2.0", "routeKey": route, "rawPath": route.partition(" ")[2], "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "abc.execute-api.us-east-1.amazonaws.com"},
        "requestContext": {"requestId": REQUEST_ID, "http": {"method": "POST", "path": route.partition(" ")[2]}},
        "isBase64Encoded": False,
    }  # fmt: skip
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event | members


def picture(kind="PNG", size=(64, 48), **options):
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 60, 20)).save(buffer, kind, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def claims(width, height):
    """The head of a PNG that says it is this large, and nothing behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))).decode()


def plain(content):
    return base64.b64encode(content).decode()


TEXT = {"query": "cat"}
EVENT = {"user": "u1", "session": "s-1", "cluster": "3", "type": "view"}
BAD, JSON, LARGE = (400, "invalid_request"), (400, "invalid_json"), (413, "too_large")
OK, DONE = (200, None), (202, None)

SEARCHES = {  # name: (body, (status, code))
    "a word": (TEXT, OK),
    "a word with a user": (TEXT | {"user": "u1"}, OK),
    "somebody nobody knows": (TEXT | {"user": "never-seen@example.org"}, OK),
    "relevance alone": (TEXT | {"user": "u1", "weight": 0}, OK),
    "taste alone": (TEXT | {"user": "u1", "weight": 1}, OK),
    "a weight between": (TEXT | {"user": "u1", "weight": 0.25}, OK),
    "a weight without a user": (TEXT | {"weight": 0.25}, OK),
    "one picture": (TEXT | {"size": 1}, OK),
    "more than there are": (TEXT | {"size": 100}, OK),
    "nothing is given as null": (TEXT | {"image": None, "user": None, "weight": None, "size": None}, OK),
    "spaces around": ({"query": "  cat \n"}, OK),
    "two hundred and fifty-six letters": ({"query": "cats " * 51 + "c"}, OK),
    "another script": ({"query": "猫 на окне 🐈"}, OK),
    "punctuation": ({"query": "!?"}, OK),
    "a nul": ({"query": "a\0b"}, OK),
    "a PNG": ({"image": picture()}, OK),
    "a JPEG": ({"image": picture("JPEG")}, OK),
    "a progressive JPEG": ({"image": picture("JPEG", progressive=True)}, OK),
    "a grey PNG of one pixel": ({"image": picture(size=(1, 1))}, OK),
    "as large as Titan takes": ({"image": picture(size=(2048, 2))}, OK),
    "a picture and a word": (TEXT | {"image": picture(), "user": "u2", "size": 5}, OK),
    "blank words and a picture": ({"query": " ", "image": picture()}, OK),
    "an empty object": ({}, BAD),
    "no query but a user": ({"user": "u1"}, BAD),
    "an empty query": ({"query": ""}, BAD),
    "a blank query": ({"query": " \t\n"}, BAD),
    "a number as query": ({"query": 7}, BAD),
    "a list as query": ({"query": ["cat"]}, BAD),
    "true as query": ({"query": True}, BAD),
    "a query of 257": ({"query": "c" * 257}, BAD),
    "half a character": ({"query": LONE_HALF}, BAD),
    "a number as image": ({"image": 7}, BAD),
    "an object as image": ({"image": {}}, BAD),
    "an image that is no base64": ({"image": "not base64!"}, BAD),
    "an image with its padding gone": ({"image": picture()[:-1]}, BAD),
    "an image with line breaks": ({"image": picture()[:8] + "\n" + picture()[8:]}, BAD),
    "an image as a data URL": ({"image": "data:image/png;base64," + picture()}, BAD),
    "an image beyond ASCII": ({"image": "é" * 8}, BAD),
    "an empty image": ({"image": ""}, BAD),
    "a GIF": ({"image": picture("GIF")}, BAD),
    "a WebP": ({"image": picture("WEBP")}, BAD),
    "a text as image": ({"image": plain(b"cat")}, BAD),
    "a PNG that ends in its head": ({"image": plain(base64.b64decode(picture())[:20])}, BAD),
    "a PNG without a body": ({"image": claims(10, 10)}, (400, "query_refused")),
    "a PNG cut in half": ({"image": plain(base64.b64decode(picture())[:60])}, (400, "query_refused")),
    "a JPEG cut in its head": ({"image": plain(base64.b64decode(picture("JPEG"))[:100])}, BAD),
    "a PNG of no width": ({"image": claims(0, 10)}, BAD),
    "a PNG too wide": ({"image": picture(size=(2049, 1))}, BAD),
    "a JPEG too high": ({"image": picture("JPEG", size=(1, 2049))}, BAD),
    "a PNG that claims two billion pixels a side": ({"image": claims(2**31 - 1, 2**31 - 1)}, BAD),
    "a picture too heavy": ({"image": plain(b"\x89PNG" + bytes(4_500_000))}, LARGE),
    "a user without letters": (TEXT | {"user": ""}, BAD),
    "a user with a space": (TEXT | {"user": "u 1"}, BAD),
    "a user with a line break": (TEXT | {"user": "u1\n"}, BAD),
    "a user beyond ASCII": (TEXT | {"user": "üser"}, BAD),
    "a user of 257": (TEXT | {"user": "u" * 257}, BAD),
    "a user of 256": (TEXT | {"user": "u" * 256}, OK),
    "a number as user": (TEXT | {"user": 1}, BAD),
    "a weight below": (TEXT | {"weight": -0.01}, BAD),
    "a weight above": (TEXT | {"weight": 1.01}, BAD),
    "a weight in words": (TEXT | {"weight": "0.5"}, BAD),
    "true as weight": (TEXT | {"weight": True}, BAD),
    "a list as weight": (TEXT | {"weight": [0.5]}, BAD),
    "a weight beyond numbers": ('{"query": "cat", "weight": 1e999}', BAD),
    "no number as weight": ('{"query": "cat", "weight": NaN}', JSON),
    "size 0": (TEXT | {"size": 0}, BAD),
    "size 101": (TEXT | {"size": 101}, BAD),
    "a size below": (TEXT | {"size": -1}, BAD),
    "a size with a point": (TEXT | {"size": 1.5}, BAD),
    "a size in words": (TEXT | {"size": "12"}, BAD),
    "true as size": (TEXT | {"size": True}, BAD),
    "a size of many digits": ('{"query": "cat", "size": 1' + "0" * 100 + "}", BAD),
    "a size of too many digits": ('{"query": "cat", "size": 1' + "0" * 5000 + "}", JSON),
    "a misspelt member": ({"quary": "cat"}, BAD),
    "a member too many": (TEXT | {"campaign": "arn:aws:personalize:::other"}, BAD),
    "no body": (None, JSON),
    "an empty body": ("", JSON),
    "half a body": ('{"query": "cat"', JSON),
    "two bodies": ('{"query": "cat"}{}', JSON),
    "a list": ([TEXT], BAD),
    "a text": ('"cat"', BAD),
    "null": ("null", BAD),
    "single quotes": ("{'query': 'cat'}", JSON),
    "a body of brackets": ("[" * 100_000, JSON),
    "a body too large": (json.dumps(TEXT) + " " * 6_100_000, LARGE),
}
EVENTS = {
    "a view": (EVENT, DONE),
    "a favorite": (EVENT | {"type": "favorite"}, DONE),
    "a download": (EVENT | {"type": "download"}, DONE),
    "of a cluster that nobody knows": (EVENT | {"cluster": "999999"}, DONE),
    "of somebody new": (EVENT | {"user": "visitor-0001"}, DONE),
    "nothing": ({}, BAD),
    "without a user": ({key: value for key, value in EVENT.items() if key != "user"}, BAD),
    "without a session": (EVENT | {"session": None}, BAD),
    "without a cluster": (EVENT | {"cluster": ""}, BAD),
    "a number as cluster": (EVENT | {"cluster": 3}, BAD),
    "without a type": ({key: value for key, value in EVENT.items() if key != "type"}, BAD),
    "a type that we never learned": (EVENT | {"type": "purchase"}, BAD),
    "a list as type": (EVENT | {"type": ["view"]}, BAD),
    "a time of its own": (EVENT | {"sentAt": 0}, BAD),
    "no JSON": ("user=u1", JSON),
    "a list": ([EVENT], BAD),
}
