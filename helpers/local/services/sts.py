"""AWS Security Token Service: who is calling."""

from ..arns import ACCOUNT, arn


class STS:
    """STS for the one user that the offline account has."""

    INVALID_REQUEST = "ValidationError"

    def get_caller_identity(self) -> dict:
        """Account, user id and ARN of the caller."""
        return {"UserId": "AIDALOCALWORKSHOP000", "Account": ACCOUNT, "Arn": arn("iam", "user/workshop")}
