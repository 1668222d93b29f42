"""JSON merge patch (RFC 7386)."""

from typing import Any

from sandbox.schema.decode import clone


def merge_patch(target: Any, patch: Any) -> Any:
    """The patched value; shares nothing with either input."""
    if not isinstance(patch, dict):
        return clone(patch)
    result = {key: clone(value) for key, value in target.items() if key not in patch} if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is not None:
            result[key] = merge_patch(target.get(key) if isinstance(target, dict) else None, value)
    return result
