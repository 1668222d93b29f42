"""The front-end files in node_modules, by npm: the machine's own, else the one that a Python wheel brings."""

import shutil

from scripts.bootstrap.environment import PYTHON, ensure_packages
from scripts.bootstrap.steps import NO_SPACE, ROOT, StepFailed, Stop, fingerprint, run, say, stamped, timed

MODULES = ROOT / "node_modules"
STAMP = MODULES / ".installed"
LOG = ROOT / "build" / "npm.log"
INSTALL = ("ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")


def ensure_assets() -> None:
    """Runs `npm ci` unless node_modules is what package-lock.json says already."""
    mark = fingerprint(ROOT / "package.json", ROOT / "package-lock.json")
    if stamped(STAMP, mark):
        return
    timed("installing the front-end files", _install)
    STAMP.write_text(mark)


def _install() -> None:
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        try:
            return run([npm, *INSTALL], log=LOG)
        except StepFailed as failure:
            say(f"this machine's npm could not install them ({failure}); trying the one from the Python wheel")
    _by_wheel()


def _by_wheel() -> None:
    try:
        ensure_packages("node")
    except Stop as stop:
        raise Stop(f"no npm here and no wheel of it for this machine: install Node 18 or later, then run make again ({stop})") from stop
    try:
        run([PYTHON, "-m", "scripts.npm", *INSTALL], log=LOG)
    except StepFailed as failure:
        raise Stop(_advice(str(failure))) from failure


def _advice(reason: str) -> str:
    if reason == NO_SPACE:
        return f"no space left on the disk of {ROOT}: free about 200 MB and run make again."
    return (
        f"the front-end files cannot be installed ({reason}): check the network or npm's registry setting, run make again; details: {LOG}"
    )
