"""From the bytes of a body to JSON data: JSON or YAML, as an API server reads them."""

import json
from typing import Any

import yaml

from sandbox.kinds.errors import StatusError, bad_request

MAX_DEPTH = "couldn't get version/kind; json parse error: exceeded max depth"


def parse_body(body: bytes, *, is_yaml: bool = False) -> Any:
    """Read JSON, or YAML where that is expected; raises 400. What is no Unicode becomes U+FFFD."""
    text = body.decode(errors="replace")
    try:
        return _sound(json.loads(text, parse_constant=_refuse), text)
    except RecursionError as error:
        raise bad_request(MAX_DEPTH) from error
    except ValueError as error:
        if not is_yaml:
            raise bad_request(f"couldn't get version/kind; json parse error: {error} ({text[:100] or '<empty>'})") from error
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  a safe loader either way
    except RecursionError as error:
        raise bad_request(MAX_DEPTH) from error
    except yaml.YAMLError as error:
        raise _no_yaml(error) from error


def duplicate_fields(body: bytes) -> list[str]:
    """Paths of fields that stand twice in one object of a JSON body; none if it is no JSON."""
    try:
        pairs = json.loads(body.decode(errors="replace"), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    _collect(pairs, "", found)
    return found


class _Pairs(list[tuple[str, Any]]):
    """An object with every field that was sent."""


def _collect(value: Any, path: str, found: list[str]) -> None:
    if isinstance(value, _Pairs):
        seen = set()
        for key, item in value:
            where = f"{path}.{key}" if path else key
            if key in seen and where not in found:
                found.append(where)
            seen.add(key)
            _collect(item, where, found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _collect(item, f"{path}[{index}]", found)


def _refuse(constant: str) -> Any:
    raise ValueError(f"invalid character '{constant[:1]}' looking for beginning of value")


def _sound(value: Any, text: str) -> Any:
    """Escapes may name half of a surrogate pair, which is no character."""
    return _without_halves(value) if "\\ud" in text or "\\uD" in text else value


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_halves(key): _without_halves(item) for key, item in value.items()}
    return [_without_halves(item) for item in value] if isinstance(value, list) else value


def _no_yaml(error: yaml.YAMLError) -> StatusError:
    return bad_request(f"error decoding YAML: error converting YAML to JSON: yaml: {str(error).splitlines()[0]}")
