"""Static files from npm packages: the finder lists the few files that pages use, so that collectstatic copies no more."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Warning
from django.core.files.storage import FileSystemStorage

from portal.env import BASE_DIR

NODE_MODULES = BASE_DIR / "node_modules"
# URL prefix below /static/, folder in node_modules, the files in it that pages use.
PACKAGES = [
    ("vendor/tabler", "@tabler/core/dist/css", ["tabler.min.css"]),
    ("vendor/htmx", "htmx.org/dist", ["htmx.min.js"]),
    ("vendor/uplot", "uplot/dist", ["uPlot.iife.min.js", "uPlot.min.css"]),
    ("vendor/inter", "@fontsource-variable/inter", ["wght.css", "files/inter-*-wght-normal.woff2"]),
    ("vendor/mono", "@fontsource-variable/jetbrains-mono", ["wght.css", "files/jetbrains-mono-*-wght-normal.woff2"]),
]


class PackageFinder(BaseFinder):
    """Finds `vendor/...` in node_modules; finds nothing, without an error, where `npm ci` has not run."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """One warning when a package is absent: the portal works without it, but unstyled."""
        missing = [folder for _, folder, _ in PACKAGES if not (NODE_MODULES / folder).is_dir()]
        if not missing:
            return []
        return [Warning(f"Pages have no styles: {', '.join(missing)} not installed.", hint="Run `npm ci`.", id="portal.W001")]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The absolute path of `path`, or an empty list; with find_all a list."""
        matches = [str(source / name) for prefix, source, name in self._files() if f"{prefix}/{name}" == path]
        return matches if find_all or not matches else matches[0]

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file with the storage that holds it, as collectstatic wants them."""
        for prefix, source, name in self._files():
            storage = FileSystemStorage(location=str(source))
            storage.prefix = prefix  # type: ignore[attr-defined]
            yield name, storage

    def _files(self) -> Iterator[tuple[str, Path, str]]:
        for prefix, folder, patterns in PACKAGES:
            source = NODE_MODULES / folder
            names = sorted(str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()) if source.is_dir() else []
            yield from ((prefix, source, name) for name in names if any(fnmatch(name, pattern) for pattern in patterns))
