"""Kubernetes quantities: strict reading of what people write, canonical writing as the API server returns it."""

import re
from decimal import Context, Decimal

_SUFFIXES = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_NUMBER = r"(?P<number>\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})"
_UNIT = r"(?:(?P<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?P<exponent>[+-]?\d{1,3}))?"
_SHAPE = re.compile(_NUMBER + _UNIT, re.ASCII)
_LARGEST = 2**63 - 1
_EXACT = Context(prec=500)  # the default context would round at 28 digits


class QuantityError(ValueError):
    """The text is no quantity that can be used; the message says what to write, `code` is for translation."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def parse(text: str) -> Decimal:
    """The exact value of a quantity such as "500m", "4Gi", "1.5" or "2e3", from 0 to 2^63-1. Raises QuantityError."""
    if not isinstance(text, str) or not text:
        raise QuantityError("empty", 'Write a number, such as "2", "500m" or "4Gi".')
    if text != text.strip() or " " in text:
        raise QuantityError("spaces", f'Write it without spaces: "{"".join(text.split())[:40]}".')
    if text[0] in "+-":
        raise QuantityError("sign", f'Write a number from 0 upwards without a sign, such as "2" or "500m"; "{text[:40]}" has one.')
    shape = _SHAPE.fullmatch(text)
    if not shape:
        raise QuantityError("notation", f'"{text[:40]}" is not a quantity. Write a number with an optional unit: "2", "500m", "4Gi".')
    value = _value(shape)
    if value > _LARGEST:
        raise QuantityError("too_large", f'"{text[:40]}" is too large. Write at most 9223372036854775807.')
    return value


def _value(shape: re.Match[str]) -> Decimal:
    number, suffix = Decimal(shape["number"]), shape["suffix"] or ""
    if suffix in _BINARY:
        return _EXACT.multiply(number, Decimal(1 << _BINARY[suffix]))
    return _EXACT.scaleb(number, Decimal(int(shape["exponent"] or 0) + _SUFFIXES[suffix]))


def equal(one: object, other: object) -> bool:
    """Whether two scalars are the same, as themselves or as quantities: "1000m" and "1"."""
    if one == other:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    try:
        return parse(str(one)) == parse(str(other))
    except QuantityError:
        return False


def cpu_millicores(text: str) -> int:
    """Millicores of a CPU quantity: "500m" is 500, "1.5" is 1500. Raises QuantityError below 1m or between two."""
    value = _EXACT.multiply(parse(text), Decimal(1000))
    if value != value.to_integral_value():
        raise QuantityError("cpu_precision", f'Write a multiple of "1m", such as "500m"; "{text[:40]}" is finer.')
    return _bounded(value, text)


def bytes_of(text: str) -> int:
    """Bytes of a memory or storage quantity: "4Gi" is 4294967296. Raises QuantityError for parts of a byte."""
    value = parse(text)
    if value != value.to_integral_value():
        raise QuantityError("bytes_precision", f'Write whole bytes, such as "4Gi" or "512Mi"; "{text[:40]}" has a part of a byte.')
    return _bounded(value, text)


def count_of(text: str) -> int:
    """A whole number of things, such as GPUs or pods. Raises QuantityError for fractions."""
    value = parse(text)
    if value != value.to_integral_value():
        raise QuantityError("whole", f'Only whole numbers can be given: write "1" or "2"; "{text[:40]}" is a fraction.')
    return _bounded(value, text)


def _bounded(value: Decimal, text: str) -> int:
    if value > _LARGEST:
        raise QuantityError("too_large", f'"{text[:40]}" is too large.')
    return int(value)


def canonical(text: str) -> str:
    """The quantity as the API server writes it: "1000m" is "1", "4096Mi" is "4Gi". A text that is no quantity is left for the server."""
    shape = _SHAPE.fullmatch(text)
    if not shape or shape["exponent"] or len(shape["number"]) > 20:
        return text
    value = _value(shape)
    if value != value.to_integral_value():
        milli = _EXACT.multiply(value, Decimal(1000))
        return f"{int(milli)}m" if milli == milli.to_integral_value() else text
    binary = shape["suffix"] in _BINARY
    return format_bytes(int(value)) if binary and value % 1024 == 0 else str(int(value)) if binary else format_count(int(value))


def format_cpu(millicores: int) -> str:
    """The canonical text of a CPU quantity: 1500 is "1500m", 2000 is "2", 1000000 is "1k"."""
    return f"{_whole(millicores)}m" if millicores % 1000 else format_count(millicores // 1000)


def format_bytes(amount: int) -> str:
    """The canonical text of an amount of bytes: 4294967296 is "4Gi", 1000000 is "1M"."""
    if amount == 0 or amount % 1024:
        return format_count(amount)
    suffix = max((name for name, bits in _BINARY.items() if amount % (1 << bits) == 0), key=lambda name: _BINARY[name])
    return f"{_whole(amount) >> _BINARY[suffix]}{suffix}"


def format_count(amount: int) -> str:
    """The canonical text of a whole number: 4 is "4", 2000 is "2k"."""
    rest, suffixes = _whole(amount), ["", "k", "M", "G", "T", "P", "E"]
    power = 0
    while rest and rest % 1000 == 0 and power < len(suffixes) - 1:
        rest, power = rest // 1000, power + 1
    return f"{rest}{suffixes[power]}"


def _whole(amount: int) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise QuantityError("sign", f"An amount is a whole number from 0 upwards, not {amount!r}.")
    return amount
