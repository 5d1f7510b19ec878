"""What a request about a document may say, whether it comes alone or in a bulk.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from typing import Any

from .errors import invalid_request, refuse_members, x_content

MOST_ID_BYTES = 512
_REAL_IN_UPDATE = {"script", "scripted_upsert", "detect_noop", "_source", "if_seq_no", "if_primary_term", "lang"}


def refuse_long_id(doc_id: object) -> None:
    """Raise the 400 error of an id longer than an index keeps."""
    n_bytes = len(str(doc_id).encode())
    if n_bytes > MOST_ID_BYTES:
        raise invalid_request(f"id [{doc_id}] is too long, must be no longer than {MOST_ID_BYTES} bytes but was: {n_bytes}")


def refuse_update(body: dict[str, Any]) -> None:
    """Raise the 400 error of an update that says nothing or something unknown, the 501 error of what is not built."""
    known, refusal = {"doc", "upsert", "doc_as_upsert"}, x_content("UpdateRequest")
    refuse_members("an update", body, built=known, real=_REAL_IN_UPDATE, refusal=refusal)
    if "doc" not in body:
        raise invalid_request("script or doc is missing")
