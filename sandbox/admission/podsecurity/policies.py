"""Which level and version of the standards a namespace's labels ask for."""

import re
from dataclasses import dataclass

from sandbox.kinds.errors import Cause, bad_value

PREFIX = "pod-security.kubernetes.io/"
LEVELS = ("privileged", "baseline", "restricted")
MODES = ("enforce", "audit", "warn")
LATEST = "latest"
NEWEST_MINOR = 34
VERSION = re.compile(r"v1\.(0|[1-9]\d*)")


@dataclass(frozen=True)
class Policy:
    """A level of a version such as `latest` or `v1.29`."""

    level: str = "privileged"
    version: str = LATEST

    @property
    def minor(self) -> int:
        """The minor version whose checks hold."""
        return NEWEST_MINOR if self.version == LATEST else min(int(self.version.removeprefix("v1.")), NEWEST_MINOR)

    def __str__(self) -> str:
        return f"{self.level}:{self.version}"

    def is_eased_to(self, other: "Policy") -> bool:
        """Whether `other` is the same version of a level that forbids no more."""
        return self.version == other.version and LEVELS.index(other.level) <= LEVELS.index(self.level)


def policy_of(labels: dict[str, str], mode: str) -> Policy:
    """What the labels say for `enforce`, `audit` or `warn`; a bad level is taken for the strictest when it enforces."""
    level, version = labels.get(PREFIX + mode, LEVELS[0]), labels.get(f"{PREFIX}{mode}-version", LATEST)
    if level not in LEVELS:
        level = LEVELS[-1] if mode == "enforce" else LEVELS[0]
    return Policy(level, version if _is_version(version) else LATEST)


def label_causes(labels: dict[str, str]) -> list[Cause]:
    """What is wrong with the labels of a namespace."""
    causes = []
    for mode in MODES:
        level, version = labels.get(PREFIX + mode), labels.get(f"{PREFIX}{mode}-version")
        if level is not None and level not in LEVELS:
            causes.append(bad_value(f"metadata.labels[{PREFIX}{mode}]", level, f"must be one of {', '.join(LEVELS)}"))
        if version is not None and not _is_version(version):
            causes.append(bad_value(f"metadata.labels[{PREFIX}{mode}-version]", version, 'must be "latest" or "v1.x"'))
    return causes


def _is_version(text: str) -> bool:
    return text == LATEST or VERSION.fullmatch(text) is not None
