"""The one way in which a start fails."""


class CannotStart(Exception):
    """One line for the user: what is wrong and what to do about it."""
