"""Compiles locale/*/LC_MESSAGES/*.po with the installed polib, so that gettext's own tools are not needed."""

from scripts.bootstrap.environment import PYTHON
from scripts.bootstrap.steps import ROOT, StepFailed, Stop, run


def ensure_translations() -> None:
    """Compiles when a catalogue is newer than what was compiled from it."""
    if not any(_stale()):
        return
    try:
        run([PYTHON, "-m", "scripts.translations", "compile"], log=ROOT / "build" / "translations.log")
    except StepFailed as failure:
        raise Stop(f"the translations cannot be compiled: {failure}") from failure


def _stale() -> list[bool]:
    pairs = ((po, po.with_suffix(".mo")) for po in ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    return [not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime for po, mo in pairs]
