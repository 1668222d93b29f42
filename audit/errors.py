"""The third expected error of an action; the other two are Django's PermissionDenied and ValidationError."""


class Conflict(Exception):
    """The request was well formed and allowed, but what stands contradicts it. `code` is for machines, the message for people."""

    http_status = 409

    def __init__(self, message: str, code: str = "conflict") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
