"""The credentials file of the demo accounts: JSON that only its owner may read, replaced as a whole."""

import json
import os
import secrets
from pathlib import Path

Credentials = dict[str, dict[str, str]]
# Without letters and digits that look alike: people type these.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def read(path: Path) -> Credentials:
    """What the file holds; nothing when it is missing or was damaged."""
    try:
        held = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def write(path: Path, credentials: Credentials) -> None:
    """Replace the file in one step; mode 0600 from its first byte."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(credentials, file, indent=2, sort_keys=True)
        file.write("\n")
    fresh.replace(path)


def new_password() -> str:
    """Four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
