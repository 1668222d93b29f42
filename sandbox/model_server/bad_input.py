"""An input that the model cannot take."""


class BadInput(ValueError):
    """The message says what to send instead."""
