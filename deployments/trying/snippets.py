"""Commands to copy: the same question by curl and by Python, to the portal and to the deployment's own address."""

import json
import shlex
from dataclasses import dataclass
from pprint import pformat
from typing import Any

TOKEN = "slw_..."  # noqa: S105 - a placeholder


@dataclass(frozen=True)
class Snippet:
    """`id` is unique on the page."""

    id: str
    curl: str
    python: str


def snippet(name: str, url: str, body: Any, *, with_token: bool) -> Snippet:
    """`with_token` puts a placeholder where the reader's own token goes."""
    return Snippet(name, _curl(url, body, with_token), _python(url, body, with_token))


def _curl(url: str, body: Any, with_token: bool) -> str:
    token = ["-H", f'"Authorization: Bearer {TOKEN}"'] if with_token else []
    parts = ["curl", "-X", "POST", shlex.quote(url), *token, "-H", '"Content-Type: application/json"']
    return " ".join(parts) + " \\\n  --data " + shlex.quote(json.dumps(body, ensure_ascii=False))


def _python(url: str, body: Any, with_token: bool) -> str:
    token = f'    headers={{"Authorization": "Bearer {TOKEN}"}},\n' if with_token else ""
    asked = pformat(body, width=100, sort_dicts=False, compact=True)
    call = f"requests.post(\n    {json.dumps(url)},\n    json=body,\n{token}    timeout=30,\n)"
    return f"import requests\n\nbody = {asked}\nanswer = {call}\nanswer.raise_for_status()\nprint(answer.json())\n"
