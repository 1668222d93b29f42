"""The catalogues in locale/: `compile` writes the .mo files, `check` fails on what is missing, fuzzy, stale or has other placeholders."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SKIPPED_FOLDERS = {".venv", "node_modules", "var", "build", "tests", "benchmarks", "scripts", "sandbox"}


def catalogues() -> list[Path]:
    """Every .po file of the project."""
    return sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))


def compile_all() -> int:
    """Writes each catalogue's .mo beside it, whole or not at all."""
    for path in catalogues():
        part = path.with_suffix(".part")
        polib.pofile(str(path)).save_as_mofile(str(part))
        part.rename(path.with_suffix(".mo"))
    return 0


def faults(path: Path, wanted: set[str]) -> Iterator[str]:
    """What is wrong with one catalogue, given the message ids that the source marks today."""
    entries = {entry.msgid: entry for entry in polib.pofile(str(path)) if not entry.obsolete}
    yield from (f"not in the catalogue: {msgid!r}" for msgid in sorted(wanted - entries.keys()))
    yield from (f"no longer in the source: {msgid!r}" for msgid in sorted(entries.keys() - wanted)) if wanted else ()
    for msgid, entry in entries.items():
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not all(texts) or entry.fuzzy:
            yield f"untranslated or fuzzy: {msgid!r}"
        elif any(_placeholders(text) - _placeholders(msgid + (entry.msgid_plural or "")) for text in texts):
            yield f"other placeholders than the original: {msgid!r}"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def marked_in_source() -> set[str]:
    """The message ids that Django's makemessages finds; needs gettext's tools."""
    with tempfile.TemporaryDirectory() as folder:
        for source in _sources():
            target = Path(folder) / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)
        (Path(folder) / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "--locale", "zz", "--symlinks", "--keep-pot", "--no-location"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        return {entry.msgid for pot in Path(folder).glob("locale/django.pot") for entry in polib.pofile(str(pot))}


def _sources() -> Iterator[Path]:
    for suffix in ("py", "html", "txt"):
        for path in ROOT.rglob(f"*.{suffix}"):
            if path.relative_to(ROOT).parts[0] not in SKIPPED_FOLDERS:
                yield path


def check() -> int:
    """Prints each fault of each catalogue; the exit status. A project without any catalogue fails."""
    wanted = marked_in_source()
    found = [f"{path.relative_to(ROOT)}: {fault}" for path in catalogues() for fault in faults(path, wanted)]
    if not catalogues():
        found = ["locale/ has no catalogue"]
    print("\n".join(found) or f"{len(wanted)} messages, all translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["check"] else compile_all())
