"""Admission by ResourceQuota: what is full, what must be named, what is not counted yet."""

import re
from dataclasses import replace

from diagnosis.messages.fact import Amount, Fact, Shape, fact, first

_FULL = re.compile(r"exceeded quota: (?P<quota>[^,]+), requested: (?P<requested>.*), used: (?P<used>.*), limited: (?P<limited>[^;\n]*)")
_PAIR = re.compile(r"([^=,\s]+)=([^,\s]+)")
_SHAPES = (
    Shape("quota-unnamed", r"failed quota: (?P<quota>[^:]+): must specify (?P<names>.+)$"),
    Shape("quota-unknown", r"status unknown for quota: (?P<quota>[^,]+)"),
    Shape("quota-scope", r"insufficient quota to match these scopes: (?P<scopes>.+)$"),
)


def read(reason: str, message: str) -> list[Fact]:
    """A quota's refusal, with the amounts of each resource that it names."""
    if full := _FULL.search(message):
        amounts = _amounts(*(dict(_PAIR.findall(full[part])) for part in ("requested", "used", "limited")))
        return [replace(fact("quota-full", quota=full["quota"]), amounts=amounts)]
    return first(_SHAPES, reason, message)


def _amounts(requested: dict[str, str], used: dict[str, str], limited: dict[str, str]) -> tuple[Amount, ...]:
    return tuple(Amount(name, requested.get(name, "0"), used.get(name, "0"), limited[name]) for name in limited)
