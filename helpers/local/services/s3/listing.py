"""Operations that list keys, page by page, with prefixes and delimiters."""

import base64
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ...arns import ACCOUNT
from ...errors import ServiceError
from .buckets import BucketAccess

LARGEST_PAGE = 1000


class Listings(BucketAccess):
    """Keys come in the order of their UTF-8 bytes."""

    def list_objects_v2(
        self,
        *,
        Bucket: str,
        Prefix: str = "",
        Delimiter: str = "",
        MaxKeys: int = LARGEST_PAGE,
        StartAfter: str = "",
        ContinuationToken: str | None = None,
        EncodingType: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """One page of keys, and the token that the next page needs."""
        self._owned(Bucket, ExpectedBucketOwner)
        after = _key_for(ContinuationToken) if ContinuationToken else StartAfter
        page = page_of(self.files.keys(Bucket, Prefix), Prefix, Delimiter, after, min(MaxKeys, LARGEST_PAGE))
        texts = {"Prefix": Prefix, "Delimiter": Delimiter, "StartAfter": StartAfter}
        answer = self._answer(Bucket, page, MaxKeys, EncodingType, texts)
        answer["KeyCount"] = len(page.keys) + len(page.prefixes)
        if ContinuationToken:
            answer["ContinuationToken"] = ContinuationToken
        if page.next_after is not None:
            answer["NextContinuationToken"] = _token_for(page.next_after)
        return answer

    def list_objects(
        self,
        *,
        Bucket: str,
        Prefix: str = "",
        Delimiter: str = "",
        MaxKeys: int = LARGEST_PAGE,
        Marker: str = "",
        EncodingType: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """One page in the older form, which boto3's `Bucket.objects` still asks for."""
        self._owned(Bucket, ExpectedBucketOwner)
        page = page_of(self.files.keys(Bucket, Prefix), Prefix, Delimiter, Marker, min(MaxKeys, LARGEST_PAGE))
        texts = {"Prefix": Prefix, "Delimiter": Delimiter, "Marker": Marker}
        if page.next_after is not None and Delimiter:
            texts["NextMarker"] = page.next_after
        return self._answer(Bucket, page, MaxKeys, EncodingType, texts)

    def _answer(
        self, bucket: str, page: "Page", size: int, encoding: str | None, texts: dict[str, str]
    ) -> dict:
        def encoded(text: str) -> str:
            return quote(text, safe="/") if encoding == "url" else text

        answer: dict[str, Any] = {"Name": bucket, "MaxKeys": size, "IsTruncated": page.next_after is not None}
        answer |= {name: encoded(text) for name, text in texts.items() if text or name == "Prefix"}
        if encoding:
            answer["EncodingType"] = encoding
        contents = []
        for key in page.keys:
            with suppress(ServiceError):  # deleted since the folder was read
                found = self.files.head(bucket, key)
                contents.append(
                    {
                        "Key": encoded(key),
                        "LastModified": found.modified,
                        "ETag": found.etag,
                        "Size": found.size,
                        "StorageClass": "STANDARD",
                    }
                )
        if contents:
            answer["Contents"] = contents
        if page.prefixes:
            answer["CommonPrefixes"] = [{"Prefix": encoded(text)} for text in page.prefixes]
        return answer


@dataclass
class Page:
    """One page of a listing: keys, common prefixes, and what the next page starts behind (None: no more)."""

    keys: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    next_after: str | None = None


def page_of(keys: list[str], prefix: str, delimiter: str, after: str, size: int) -> Page:
    """The first `size` entries behind `after` among the sorted `keys`, which all start with `prefix`.

    With a delimiter, keys that agree up to its first occurrence behind the prefix make one common prefix.
    """
    page, last = Page(), None
    for key in keys:
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        entry = prefix + head + found if found else key
        if key <= after or entry in (after, last):
            continue
        if len(page.keys) + len(page.prefixes) >= size:
            page.next_after = last if size else None
            break
        (page.prefixes if found else page.keys).append(entry)
        last = entry
    return page


def _token_for(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _key_for(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise ServiceError("InvalidArgument", "The continuation token provided is incorrect") from None
