"""Amounts and bars in the words and widths of the pages."""

import pytest
from django.utils.translation import override

from portal.templatetags.amounts import amount, bar, change, part_of, sum_of

GIB = 2**30


@pytest.mark.parametrize(
    ("value", "key", "words"),
    [
        (64_000, "cpu", "64"),
        (1_500, "cpu", "1.5"),
        (100, "cpu", "0.1"),
        (250, "cpu", "0.25"),
        (128_250, "cpu", "128"),
        (1, "cpu", "1m"),
        (256 * GIB, "memory", "256 GiB"),
        (1536 * 2**20, "memory", "1.5 GiB"),
        (20_480 * GIB, "storage", "20 TiB"),
        (1_208, "gpu:h100", "1,208"),
        (0, "storage", "0 B"),
        (None, "cpu", "–"),
    ],
)
def test_an_amount_is_written_in_the_unit_that_people_use(value: int | None, key: str, words: str) -> None:
    with override("en"):
        assert amount(value, key) == words


def test_a_bar_without_a_whole_does_not_look_full() -> None:
    assert "<svg" not in bar(None, used=10)


def test_a_part_is_written_in_the_unit_of_the_whole() -> None:
    with override("en"):
        assert part_of(512 * 2**20, 64 * GIB, "memory") == "0.5 of 64 GiB"
        assert part_of(None, None, "cpu") == "–"


def test_a_sum_is_written_in_the_unit_of_what_is_granted_and_asked() -> None:
    with override("en"):
        assert sum_of(192 * GIB, 32 * GIB, 2048 * GIB, "memory") == "192 + 32 of 2,048 GiB"
        assert sum_of(0, 0, None, "gpu:h100") == "0"


def test_a_bar_has_its_parts_in_proportion_and_needs_no_inline_style() -> None:
    html = bar(32, used=8, ask=8)
    assert 'class="used" width="25.00%"' in html and 'class="ask" width="25.00%"' in html and "style" not in html


def test_a_bar_never_grows_beyond_its_whole() -> None:
    assert 'class="over" width="100.00%"' in bar(0, over=5)
    html = bar(10, used=10, over=30)
    assert 'class="used" width="25.00%"' in html and 'class="over" width="75.00%"' in html


def test_a_label_reaches_a_screen_reader_escaped() -> None:
    assert 'aria-label="&lt;b&gt;"' in bar(1, label="<b>", used=1)


def test_a_difference_carries_its_sign() -> None:
    assert "+4" in change(4, "gpu:h100") and "−4" in change(-4, "gpu:h100") and change(0, "cpu") == ""
