"""ConfigMap and Secret: keys, immutability, the type of a secret."""

import base64
import re

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.rules import Object, Rules, immutable

KEY = "[-._a-zA-Z0-9]+"
KEY_TEXT = f"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '{KEY}')"  # noqa: E501
FROZEN = "Forbidden: field is immutable when `immutable` is set"
LARGEST = 1024 * 1024
REQUIRED_KEYS = {"kubernetes.io/dockerconfigjson": [".dockerconfigjson"], "kubernetes.io/tls": ["tls.crt", "tls.key"]}


def _keys(value: Object, field: str) -> list[Cause]:
    return [bad_value(f"{field}[{key}]", key, why) for key in value.get(field) or {} for why in _key_problems(key)]


def _key_problems(key: str) -> list[str]:
    problems = [] if re.fullmatch(KEY, key) else [KEY_TEXT]
    if key in (".", ".."):
        return [*problems, f"must not be '{key}'"]
    return [*problems, "must not start with '..'"] if key.startswith("..") else problems


def _validate_config_map(config: Object) -> list[Cause]:
    both = [key for key in config.get("data") or {} if key in (config.get("binaryData") or {})]
    twice = [bad_value(f"data[{key}]", key, "duplicate of key present in binaryData") for key in both]
    size = sum(len(text.encode()) for text in (config.get("data") or {}).values())
    size += sum(_decoded_size(text) for text in (config.get("binaryData") or {}).values())
    return [*_keys(config, "data"), *twice, *_keys(config, "binaryData"), *_too_long("[]", size)]


def _decoded_size(text: str) -> int:
    return len(text) * 3 // 4 - text.count("=")


def _too_long(field: str, size: int) -> list[Cause]:
    return [Cause(field, f"Too long: may not be more than {LARGEST} bytes", "FieldValueTooLong")] if size > LARGEST else []


def _frozen(new: Object, old: Object) -> list[Cause]:
    if not old.get("immutable"):
        return []
    changed = [key for key in ("immutable", "data", "binaryData") if new.get(key) != old.get(key)]
    return [Cause(key, FROZEN, "FieldValueForbidden") for key in changed]


def _default_secret(secret: Object) -> None:
    secret.setdefault("type", "Opaque")
    for key, text in (secret.pop("stringData", None) or {}).items():
        secret.setdefault("data", {})[key] = base64.b64encode(text.encode()).decode()


def _validate_secret(secret: Object) -> list[Cause]:
    missing = [key for key in REQUIRED_KEYS.get(secret["type"], []) if key not in (secret.get("data") or {})]
    size = sum(_decoded_size(text) for text in (secret.get("data") or {}).values())
    return _keys(secret, "data") + _too_long("data", size) + [required(f"data[{key}]") for key in missing]


def _secret_update(new: Object, old: Object) -> list[Cause]:
    return immutable(new, old, "type") + _frozen(new, old)


CONFIG_MAP = Rules(validate=_validate_config_map, validate_update=_frozen, looks_at_changes_first=True)
SECRET = Rules(_default_secret, _validate_secret, _secret_update, looks_at_changes_first=True)
