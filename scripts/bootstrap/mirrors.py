"""Which package index this machine wants to be asked: uv's and pip's variables first, then pip's configuration files."""

import os
import re
import subprocess
from pathlib import Path

VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
CONFIGURED = re.compile(r"^(?:global|install)\.index-url='(?P<url>[^']+)'$", re.MULTILINE)


def mirror(python: Path) -> str:
    """The address of the configured index, else an empty string: the addresses in the lock then hold."""
    for name in VARIABLES:
        if os.environ.get(name):
            return os.environ[name]
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True)
    found = CONFIGURED.search(listed.stdout)
    return found["url"] if found else ""
