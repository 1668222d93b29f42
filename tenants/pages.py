"""Small things that namespace pages show."""

from typing import Any

import yaml


def as_yaml(document: dict[str, Any]) -> str:
    """The document as people write it."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return text
