"""JSON that every database can keep: PostgreSQL refuses the character U+0000, which annotations may hold."""

from typing import Any


def storable(value: Any) -> Any:
    """The value without U+0000 in any of its texts."""
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
