"""The tokens by which a list of training jobs goes on, page by page."""

import base64

from ...errors import ServiceError


def page_token(start: int) -> str:
    """The token of the page that begins at this place."""
    return base64.urlsafe_b64encode(str(start).encode()).decode()


def page_start(token: str | None) -> int:
    """The place where the page of a token begins. Raises ValidationException for a token that we never gave."""
    try:
        return max(0, int(base64.urlsafe_b64decode(token or page_token(0))))
    except ValueError:
        raise ServiceError("ValidationException", "NextToken is not one that ListTrainingJobs gave.") from None
