"""The portal's own no, when what the registry tells speaks against a change that was allowed by what was known."""


class Refusal(Exception):
    """The message is for the person who asked."""
