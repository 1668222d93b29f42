"""A text column that is ciphertext in the database; its keys are in settings.CREDENTIALS_KEYS, the newest first."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in keys if key.strip()])


def _current() -> MultiFernet:
    return _cipher(tuple(settings.CREDENTIALS_KEYS))


def encrypt(text: str) -> str:
    """`text` as a Fernet token under the newest key."""
    return _current().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of a token made under any of the keys; ImproperlyConfigured when none of them fits."""
    try:
        return _current().decrypt(token.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured(
            "A stored credential cannot be read with SLIPWAY_CREDENTIALS_KEY. "
            "Add the key it was written with after the new one, separated by a comma."
        ) from None


class Secret(str):
    """A string that does not show itself in a repr, so not in a traceback's locals or a log line of a row."""

    def __repr__(self) -> str:
        return "Secret(****)"


class EncryptedTextField(models.TextField):
    """Plain text (`Secret`) in Python, a Fernet token in the column; an empty value stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        """The token to be stored."""
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """The text behind a stored token."""
        return Secret(decrypt(value)) if value else value

    def value_to_string(self, obj: models.Model) -> str:
        """Ciphertext also in `dumpdata`."""
        return str(self.get_prep_value(self.value_from_object(obj)) or "")

    def to_python(self, value: Any) -> Any:
        """The value as text."""
        text = super().to_python(value)
        return Secret(text) if text else text
