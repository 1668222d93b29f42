"""The kinds that one server serves now: the built-in ones, and those of its CustomResourceDefinitions."""

import re
from collections.abc import Iterator

from sandbox.kinds.table import BY_KEY, BY_PLURAL, KINDS, Kind

STABLE = re.compile(r"^v(\d+)(?:(alpha|beta)(\d+))?$")
LEVELS = {None: 2, "beta": 1, "alpha": 0}


class Served:
    """Grows and shrinks with the definitions; `revision` counts the changes, so that documents made from it can be kept."""

    def __init__(self) -> None:
        self._custom: dict[str, tuple[Kind, ...]] = {}
        self._by_plural: dict[tuple[str, str, str], Kind] = dict(BY_PLURAL)
        self.revision = 0

    def __iter__(self) -> Iterator[Kind]:
        """Every kind in every version that is served."""
        yield from KINDS
        for versions in self._custom.values():
            yield from [kind for kind in versions if kind.is_served]

    def at(self, group: str, version: str, plural: str) -> Kind | None:
        """The kind that a path names, or None."""
        return self._by_plural.get((group, version, plural))

    def by_key(self, key: str) -> Kind | None:
        """The kind (of a custom one: the version that is stored) under which the store holds objects."""
        return BY_KEY.get(key) or next(iter(self._custom.get(key, ())), None)

    def stored(self) -> Iterator[Kind]:
        """One kind for every collection of the store."""
        yield from KINDS
        for versions in self._custom.values():
            yield versions[0]

    def namespaced(self) -> list[Kind]:
        """The collections that live in namespaces."""
        return [kind for kind in self.stored() if kind.namespaced]

    def add(self, versions: tuple[Kind, ...]) -> None:
        """Serve a custom kind in these versions, the stored one first; replaces what was served of it before."""
        self.remove(versions[0].key)
        self._custom[versions[0].key] = versions
        self._index()

    def remove(self, key: str) -> None:
        """Serve a custom kind no longer."""
        if self._custom.pop(key, None):
            self._index()

    def _index(self) -> None:
        self.revision += 1
        self._by_plural = {(kind.group, kind.version, kind.plural): kind for kind in self}


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Sorts versions as Kubernetes prefers them when sorted in reverse: v2, v1, v1beta2, v1alpha1, then the rest by name."""
    match = STABLE.match(version)
    if match is None:
        return -1, 0, 0, version
    return LEVELS[match[2]], int(match[1]), int(match[3] or 0), version
