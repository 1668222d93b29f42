"""The scenario file: read at the start, and again whenever it changes (README.md describes it)."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import yaml

from sandbox.nodes.scenario import SETTINGS, parse_scenario, seconds
from sandbox.nodes.scenarios import AWAY_SETTINGS, Rule, Scenarios

log = logging.getLogger(__name__)
POLL = 0.5
PATTERNS = {"pods": ("name", "namespace", "image"), "nodes": ("name",)}


def read_scenarios(path: Path) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules for pods and those for nodes; raises ValueError that says what is wrong, and where."""
    try:
        described = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from error
    listed = (described or {}).get("scenarios") if isinstance(described or {}, dict) else None
    if not isinstance(listed, list) or set(described) != {"scenarios"}:
        raise ValueError(f"{path}: write a list under the one key `scenarios`")
    rules: dict[str, list[Rule]] = {"pods": [], "nodes": []}
    for number, item in enumerate(listed, 1):
        try:
            kind, rule = _rule(item)
        except ValueError as error:
            raise ValueError(f"{path}: scenario {number}: {error}") from error
        rules[kind].append(rule)
    return tuple(rules["pods"]), tuple(rules["nodes"])


async def follow_scenarios(path: Path, scenarios: Scenarios) -> None:
    """Keep `scenarios` equal to the file until cancelled; while it cannot be read, the last good ones stay in force."""
    seen = _version(path)
    while True:
        await asyncio.sleep(POLL)
        if (version := _version(path)) == seen:
            continue
        seen = version
        try:
            scenarios.replace(*read_scenarios(path))
        except ValueError as error:
            log.warning("%s; the scenarios before it stay in force", error)
        else:
            log.info("%s: %s scenarios in force", path, len(scenarios.pods) + len(scenarios.nodes))


def _version(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _rule(item: Any) -> tuple[str, Rule]:
    if not isinstance(item, dict):
        raise ValueError("it is no mapping")
    kinds = [kind for kind in PATTERNS if kind in item]
    if len(kinds) != 1:
        raise ValueError("it needs either `pods` or `nodes`, {} for all of them")
    kind = kinds[0]
    container = str(item.get("container", ""))
    if container and kind == "nodes":
        raise ValueError("a node has no `container`")
    settings = {str(key): str(value) for key, value in item.items() if key not in (kind, "container")}
    _check_settings(kind, settings)
    patterns, labels = _selector(kind, item[kind] or {})
    return kind, Rule(settings, patterns, labels, container)


def _check_settings(kind: str, settings: dict[str, str]) -> None:
    known = tuple(SETTINGS) if kind == "pods" else AWAY_SETTINGS
    if not settings:
        raise ValueError(f"it asks for nothing: give one of {', '.join(known)}")
    for name in settings:
        if name not in known:
            raise ValueError(f"{name} is not known for {kind}: known are {', '.join(known)}")
    problems = parse_scenario(settings)[1] if kind == "pods" else []
    if problems:
        raise ValueError("; ".join(problems))
    for name in settings if kind == "nodes" else ():
        try:
            seconds(settings[name])
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error


def _selector(kind: str, selector: Any) -> tuple[dict[str, str], dict[str, str]]:
    known = (*PATTERNS[kind], "labels")
    if not isinstance(selector, dict) or not isinstance(selector.get("labels") or {}, dict):
        raise ValueError(f"`{kind}` and its `labels` are mappings")
    for key in selector:
        if key not in known:
            raise ValueError(f"{kind} cannot be selected by {key}: known are {', '.join(known)}")
    labels = {str(key): str(value) for key, value in (selector.get("labels") or {}).items()}
    return {key: str(selector[key]) for key in PATTERNS[kind] if key in selector}, labels
