"""Whether the portal says of itself that all is well."""

import json
import urllib.error
import urllib.request
from typing import Any


def unwell(url: str) -> list[str]:
    """The checks of /readyz that are not well, with their detail; ["web"] while nothing answers; empty when all is well."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=3) as answer:  # noqa: S310  our own loopback address
            body = json.load(answer)
    except urllib.error.HTTPError as error:
        body = _body(error)
    except (OSError, ValueError):
        return ["web"]
    return [f"{name} ({check['detail']})" for name, check in body.get("checks", {}).items() if not check["ok"]]


def _body(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        return dict(json.loads(error.read()))
    except ValueError:
        return {"checks": {"web": {"ok": False, "detail": f"HTTP {error.code}"}}}
