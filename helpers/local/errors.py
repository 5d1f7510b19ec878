"""The one exception that a local service raises on purpose."""


class ServiceError(Exception):
    """An AWS error; `LocalSession` turns it into the exception that boto3's client would raise.

    code : what AWS sends, such as "ValidationException". If the service's model knows it, the reader gets
        the modelled class (`client.exceptions.ValidationException`), else a plain `ClientError`.
    message : the text a reader sees. Say what was wrong, and with which value.
    status : HTTP status; only needed where the model does not say (default: the model's, else 400).
    """

    def __init__(self, code: str, message: str, status: int | None = None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
