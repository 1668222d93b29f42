"""Admission by LimitRange, and validation: amounts of one container, pod or claim that are too large, too small or do not go together."""

from diagnosis.messages.fact import Fact, Shape, first

_ONE = r"usage per (?P<kind>Container|Pod|PersistentVolumeClaim) is (?P<bound>[^,\s]+?)"
_SHAPES = (
    Shape("limit-maximum", rf"maximum (?P<resource>\S+) {_ONE}, but (?P<what>limit|request) is (?P<asked>[^,\s\]]+?)\.?(?:[,\s\]]|$)"),
    Shape("limit-unnamed", rf"m(?:ax|in)imum (?P<resource>\S+) {_ONE}\. +No (?P<what>limit|request) is specified"),
    Shape("limit-minimum", rf"minimum (?P<resource>\S+) {_ONE}, but (?P<what>limit|request) is (?P<asked>[^,\s\]]+?)\.?(?:[,\s\]]|$)"),
    Shape(
        "limit-ratio",
        r"(?P<resource>\S+) max limit to request ratio per (?P<kind>\S+) is (?P<bound>[^,\s]+), but provided ratio is (?P<asked>[\d.]+\d)",
    ),
    Shape(
        "request-above-limit",
        r'requests: Invalid value: "?(?P<asked>[^":]+)"?: must be less than or equal to (?P<resource>\S+) limit(?: of (?P<bound>\S+))?',
    ),
)


def read(reason: str, message: str) -> list[Fact]:
    """Every bound that is broken: a LimitRange names all of them in one message."""
    return [found for shape in _SHAPES if (found := shape.read(reason, message))] or first((), reason, message)
