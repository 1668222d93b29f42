"""Reading what people write and writing what the API server would."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube.quantities import (
    QuantityError,
    bytes_of,
    canonical,
    count_of,
    cpu_millicores,
    equal,
    format_bytes,
    format_count,
    format_cpu,
    parse,
)

AMOUNTS = st.integers(min_value=0, max_value=2**53)


@given(AMOUNTS)
def test_millicores_survive_writing_and_reading(amount: int) -> None:
    assert cpu_millicores(format_cpu(amount)) == amount


@given(AMOUNTS)
def test_bytes_survive_writing_and_reading(amount: int) -> None:
    assert bytes_of(format_bytes(amount)) == amount


@given(AMOUNTS)
def test_counts_survive_writing_and_reading(amount: int) -> None:
    assert count_of(format_count(amount)) == amount


@given(st.integers(0, 2**33 - 1), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi"]))
def test_the_canonical_text_has_the_same_value_and_is_its_own(number: int, suffix: str) -> None:
    text = canonical(f"{number}{suffix}")
    assert equal(text, f"{number}{suffix}")
    assert canonical(text) == text


@given(st.text(max_size=12))
def test_any_text_is_read_exactly_or_refused_with_words(text: str) -> None:
    try:
        value = parse(text)
    except QuantityError as error:
        assert error.code and "rite" in str(error)
    else:
        assert 0 <= value < 2**63


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-1", "sign"),
        ("+1", "sign"),
        (" 2", "spaces"),
        ("2 Gi", "spaces"),
        ("2\n", "spaces"),
        ("", "empty"),
        ("1e400", "too_large"),
        ("9" * 25, "too_large"),
        ("NaN", "notation"),
        ("Infinity", "notation"),
        ("0x10", "notation"),
        ("1_000", "notation"),
        ("٣", "notation"),
        ("4GiB", "notation"),
        ("4gi", "notation"),
        ("1,5", "notation"),
        (".", "notation"),
        ("1e", "notation"),
        ("8Ei", "too_large"),
    ],
)
def test_what_is_no_quantity_is_refused(text: str, code: str) -> None:
    with pytest.raises(QuantityError) as refusal:
        parse(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(("text", "value"), [("1e3", 1000), ("0", 0), ("1.", 1), (".5", "0.5"), ("100n", "1e-7"), ("1Ei", 2**60)])
def test_what_kubernetes_reads_is_read(text: str, value: object) -> None:
    assert parse(text) == Decimal(str(value))


def test_finer_than_can_be_given_is_refused() -> None:
    for read, text, code in (
        (cpu_millicores, "0.0005", "cpu_precision"),
        (cpu_millicores, "100u", "cpu_precision"),
        (bytes_of, "0.5", "bytes_precision"),
        (bytes_of, "100m", "bytes_precision"),
        (count_of, "0.5", "whole"),
    ):
        with pytest.raises(QuantityError) as refusal:
            read(text)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cpu_millicores, "500m", 500),
        (cpu_millicores, "1.5", 1500),
        (cpu_millicores, "1k", 1_000_000),
        (bytes_of, "4Gi", 4 << 30),
        (bytes_of, "1.5Gi", 3 << 29),
        (bytes_of, "1M", 10**6),
        (count_of, "8", 8),
    ],
)
def test_units(read, text: str, value: int) -> None:  # type: ignore[no-untyped-def]
    assert read(text) == value


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (format_cpu, 1500, "1500m"),
        (format_cpu, 2000, "2"),
        (format_cpu, 0, "0"),
        (format_cpu, 10**6, "1k"),
        (format_bytes, 4 << 30, "4Gi"),
        (format_bytes, 10**6, "1M"),
        (format_bytes, 1536 << 20, "1536Mi"),
        (format_bytes, 1000, "1k"),
        (format_count, 12, "12"),
        (canonical, "4096Mi", "4Gi"),
        (canonical, "1000m", "1"),
        (canonical, "0.5", "500m"),
        (canonical, "1.5Gi", "1536Mi"),
        (canonical, "abc", "abc"),
    ],
)
def test_the_canonical_form(write, value: object, text: str) -> None:  # type: ignore[no-untyped-def]
    assert write(value) == text


@pytest.mark.parametrize("write", [format_cpu, format_bytes, format_count])
def test_no_negative_amount_is_written(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(QuantityError):
        write(-1)


def test_the_same_amount_is_equal_in_any_notation() -> None:
    assert equal("1000m", "1") and equal("1024Mi", "1Gi") and equal(10, "10")
    assert not equal("1", "2") and not equal(True, "1") and not equal("a", "b")
