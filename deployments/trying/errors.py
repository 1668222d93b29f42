"""What can keep a prediction from being answered, told apart from what the model itself answers."""


class TryError(Exception):
    """No answer of the model. `code` is for machines, `wait` says after how many seconds to try again."""

    def __init__(self, status: int, code: str, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.http_status, self.code, self.message, self.wait = status, code, message, wait
