"""What is not fetched, and why."""


class Refusal(Exception):
    """A URI that cannot or must not be fetched; the message says what to do."""
