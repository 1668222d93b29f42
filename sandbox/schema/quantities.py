"""Quantities: parsed, compared and written in the canonical form in which a real API server returns them."""

import re
from decimal import ROUND_UP, Decimal
from functools import lru_cache

PATTERN = r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
MESSAGE = f"quantities must match the regular expression '{PATTERN}'"
BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
NANO = Decimal("1e-9")
SHAPE = re.compile(r"^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$")


class QuantityError(ValueError):
    """The text is no quantity."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Decimal:
    """The value of `text`; raises QuantityError with the API server's words."""
    match = SHAPE.match(text)
    if not match:
        raise QuantityError(MESSAGE)
    number, suffix = Decimal(match.group(1)), match.group(2) or ""
    if suffix in BINARY:
        return number * Decimal(1024 ** BINARY[suffix])
    if suffix in DECIMAL:
        return number.scaleb(DECIMAL[suffix])
    exponent = int(suffix[1:])
    if abs(exponent) > 30:
        raise QuantityError("unable to parse quantity's suffix")
    return number.scaleb(exponent)


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """`text` as an API server returns it: `1000m` is `1`, `1024Mi` is `1Gi`, `0.5` is `500m`."""
    value = parse(text)
    match = SHAPE.match(text)
    suffix = match.group(2) or "" if match else ""
    return render(value, binary=suffix in BINARY, exponent=suffix[:1] in ("e", "E") and len(suffix) > 1)


def render(value: Decimal, *, binary: bool = False, exponent: bool = False) -> str:
    """Write a value with the largest suffix that leaves it whole, never finer than nano."""
    if value == 0:
        return "0"
    if binary and value == value.to_integral_value() and abs(value) >= 1024:
        return _render_binary(int(value))
    scaled = int((value / NANO).to_integral_value(rounding=ROUND_UP))
    power = -9
    while scaled % 1000 == 0 and power < 18:
        scaled //= 1000
        power += 3
    if exponent:
        return f"{scaled}e{power}" if power else str(scaled)
    return f"{scaled}{next(name for name, size in DECIMAL.items() if size == power)}"


def _render_binary(value: int) -> str:
    name = ""
    for suffix in BINARY:
        if value % 1024:
            break
        value //= 1024
        name = suffix
    return f"{value}{name}"
