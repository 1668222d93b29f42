"""ConfigMap and Secret: keys, immutability, the type of a secret."""

import base64
import binascii
import re

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.rules import Object, Rules, immutable

KEY = "[-._a-zA-Z0-9]+"
KEY_TEXT = f"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '{KEY}')"  # noqa: E501
FROZEN = "Forbidden: field is immutable when `immutable` is set"
REQUIRED_KEYS = {"kubernetes.io/dockerconfigjson": [".dockerconfigjson"], "kubernetes.io/tls": ["tls.crt", "tls.key"]}


def _keys(value: Object, field: str) -> list[Cause]:
    return [bad_value(f"{field}[{key}]", key, KEY_TEXT) for key in value.get(field) or {} if not re.fullmatch(KEY, key)]


def _validate_config_map(config: Object) -> list[Cause]:
    return _keys(config, "data") + _keys(config, "binaryData")


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
    causes = _keys(secret, "data")
    for key, text in (secret.get("data") or {}).items():
        try:
            base64.b64decode(text, validate=True)
        except binascii.Error:
            causes.append(bad_value(f"data[{key}]", text, "must be base64"))
    missing = [key for key in REQUIRED_KEYS.get(secret["type"], []) if key not in (secret.get("data") or {})]
    return causes + [required(f"data[{key}]") for key in missing]


def _secret_update(new: Object, old: Object) -> list[Cause]:
    return immutable(new, old, "type") + _frozen(new, old)


CONFIG_MAP = Rules(validate=_validate_config_map, validate_update=_frozen)
SECRET = Rules(_default_secret, _validate_secret, _secret_update)
