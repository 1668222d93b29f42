"""Which images are known, and the command that each of them is here."""

import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Isolated, so that a pod's environment cannot bring code of its own.
PYTHON = (sys.executable, "-I")


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a package of the sandbox; a container's own arguments follow."""
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module({name!r}, run_name='__main__', alter_sys=True)"
    return (*PYTHON, "-c", code, *arguments)


KNOWN: dict[str, tuple[str, ...]] = {
    "sandbox.slipway.dev/echo:1": (*PYTHON, str(HERE / "echo.py")),
    "sandbox.slipway.dev/ticker:1": (*PYTHON, str(HERE / "ticker.py")),
    "sandbox.slipway.dev/model-server:1": module("sandbox.model_server"),
    "sandbox.slipway.dev/storage-initializer:1": module("sandbox.storage_initializer"),
}


def load_images(path: Path | None) -> dict[str, tuple[str, ...]]:
    """The known images and those of a YAML file, `images: {name: [command, ...]}`; raises ValueError naming what is wrong."""
    if path is None:
        return dict(KNOWN)
    given = (yaml.safe_load(path.read_text()) or {}).get("images")
    if not isinstance(given, dict) or not all(isinstance(command, list) and command for command in given.values()):
        raise ValueError(f"{path}: write commands as lists under the key `images`, by image")
    return KNOWN | {name: tuple(str(part) for part in command) for name, command in given.items()}
