"""The log of a container: every line once, in order, over cut connections and restarts; nothing of another run or pod."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kube import logs
from kube.errors import ApiError
from kube.log_lines import LONGEST_LINE, Line, LineReader, Place, nanoseconds
from kube.logs import LogSource, Notice
from tests.fake_kubelet import START, Container, running, until


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "POLL_SECONDS", 0.02)


def source(api: Any, **options: Any) -> LogSource:
    return LogSource(api, "n", "p", "main", **options)


def texts(batches: Any) -> list[str]:
    return [line.text for batch in batches if not isinstance(batch, Notice) for line in batch]


def now(api: Any, **options: Any) -> list[str]:
    return texts(source(api, follow=False, **options).batches())


class Reader:
    """Follows in a thread."""

    def __init__(self, log: LogSource) -> None:
        self.log, self.lines, self.notices = log, [], []  # type: ignore[var-annotated]
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        for batch in self.log.batches():
            if isinstance(batch, Notice):
                self.notices.append(batch)
            else:
                self.lines += batch

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]


@contextmanager
def following(api: Any, **options: Any) -> Iterator[Reader]:
    reader = Reader(source(api, **options))
    try:
        yield reader
    finally:
        reader.log.stop()
        reader.thread.join(5)
        assert not reader.thread.is_alive(), "a reader that was told to stop goes on"


def test_lines_come_as_they_are_written() -> None:
    box = Container()
    with running(box) as api, following(api) as reader:
        box.write("one", "two")
        until(lambda: reader.texts == ["one", "two"])
        box.write("three\r", "", "four  ")
        until(lambda: reader.texts == ["one", "two", "three", "", "four  "])


@pytest.mark.parametrize("step", [1_000, 0, 700_000_000], ids=["quick", "one moment", "slow"])
def test_no_line_is_lost_or_twice_over_cut_connections(step: int) -> None:
    chosen = random.Random(step)  # noqa: S311  repeatable on purpose
    box = Container(cuts=[chosen.randrange(5, 6_000) for _ in range(30)])
    wanted = [f"line {number}" for number in range(4_000)]
    with running(box) as api, following(api) as reader:
        for start in range(0, 4_000, 100):
            box.write(*wanted[start : start + 100], step=step)
        until(lambda: len(reader.lines) >= 4_000, 30)
        assert reader.texts == wanted
    assert not box.cuts and len(box.queries) > 30


def test_a_restart_is_read_to_its_end_and_on() -> None:
    box = Container()
    with running(box) as api, following(api) as reader:
        box.write("a", "b")
        until(lambda: reader.texts == ["a", "b"])
        with box.changed:  # The end of the first run and the restart fall between two looks of the reader.
            box.runs[-1] += [(box.clock + 5, "last words")]
            box.runs.append([(box.clock + 9, "again")])
            box.changed.notify_all()
        until(lambda: reader.texts == ["a", "b", "last words", "again"])
        assert reader.notices == [Notice("restarted", 1)]
        assert [line.place.run for line in reader.lines] == [0, 0, 0, 1]


def test_runs_that_the_node_no_longer_has_are_said_to_be_lost() -> None:
    box = Container()
    box.write("a")
    with running(box) as api:
        first = source(api, follow=False)
        assert texts(first.batches()) == ["a"]
        for text in ("never seen", "kept", "now"):
            box.restart()
            box.write(text)
        found = list(source(api, follow=False, after=first.place).batches())
    assert texts(found) == ["kept", "now"]
    assert [each for each in found if isinstance(each, Notice)] == [Notice("lost", 2), Notice("restarted", 3)]


@pytest.mark.parametrize("step", [1, 0], ids=["each its moment", "all one moment"])
def test_who_comes_back_goes_on_after_the_last_line(step: int) -> None:
    box = Container()
    box.write(*map(str, range(10)), step=step)
    with running(box) as api:
        first = source(api, follow=False)
        batch = next(iter(first.batches()))
        assert not isinstance(batch, Notice)
        box.write("10", step=step)
        for line in batch:
            assert now(api, after=line.place) == [str(number) for number in range(int(line.text) + 1, 11)]


def test_a_tail_is_the_end_and_goes_on() -> None:
    box = Container()
    box.write(*map(str, range(100)))
    with running(box) as api, following(api, tail=10) as reader:
        until(lambda: len(reader.lines) == 10)
        assert reader.texts == [str(number) for number in range(90, 100)]
        box.write("100")
        until(lambda: reader.texts[-1] == "100" and len(reader.lines) == 11)


def test_a_tail_that_begins_amid_a_moment_leaves_that_moment_out() -> None:
    box = Container()
    box.write("a")
    box.write("b", "c", "d", step=0)
    box.write("e")
    with running(box) as api:
        # How many lines of the moment of c and d were before the tail cannot be known, so they could not be counted again.
        assert now(api, tail=2) == ["e"]


def test_a_tail_longer_than_the_log_is_all_of_it() -> None:
    box = Container()
    box.write("a", "b", step=0)
    with running(box) as api:
        assert now(api, tail=10) == ["a", "b"]


def test_a_tail_of_great_lines_keeps_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "TAIL_BYTES", 1000)
    box = Container()
    box.write(*(f"{number:0300}" for number in range(20)))
    with running(box) as api:
        assert [int(text) for text in now(api, tail=100)] == [17, 18, 19]


def test_a_time_says_where_to_begin() -> None:
    box = Container()
    box.write(*map(str, range(10)), step=500_000_000)
    with running(box) as api:
        assert now(api, since=START + 4 * 500_000_000) == [str(number) for number in range(3, 10)]


def test_the_run_before_is_read_to_its_end() -> None:
    box = Container()
    box.write(*map(str, range(10)))
    box.restart()
    box.write("now")
    with running(box) as api:
        assert texts(source(api, previous=True).batches()) == [str(number) for number in range(10)]
        assert texts(source(api, previous=True, tail=4).batches()) == ["6", "7", "8", "9"]


def test_a_container_that_is_over_ends_its_log() -> None:
    box = Container()
    with running(box) as api, following(api) as reader:
        box.write("a")
        until(lambda: reader.texts == ["a"])
        box.write("last")
        box.end()
        reader.thread.join(5)
        assert not reader.thread.is_alive() and reader.texts == ["a", "last"]


def test_the_log_of_a_pod_of_the_same_name_is_another_log() -> None:
    box = Container()
    with running(box) as api, following(api) as reader:
        box.write("mine")
        until(lambda: reader.texts == ["mine"])
        box.uid = "uid-2"
        box.restart()
        box.write("another's")
        reader.thread.join(5)
        assert not reader.thread.is_alive() and reader.texts == ["mine"]


def test_a_pod_that_is_gone_has_no_log() -> None:
    box = Container(gone=True)
    with running(box) as api:
        assert now(api) == []


def test_a_silent_log_is_asked_anew_and_nothing_comes_twice() -> None:
    box = Container()
    with running(box) as api, following(api, idle_seconds=0.1) as reader:
        box.write("a")
        until(lambda: len([query for query in box.queries if query.get("follow")]) >= 3)
        box.write("b")
        until(lambda: len(reader.lines) >= 2)
        assert reader.texts == ["a", "b"]


def test_a_refusal_is_told() -> None:
    box = Container()
    with running(box) as api, pytest.raises(ApiError) as error:
        box.runs.clear()
        list(LogSource(api, "n", "p", "main", follow=False, after=None).batches())
    assert error.value.status == 400


def test_a_line_without_end_is_cut() -> None:
    reader = LineReader(0)
    stamp = b"2026-01-01T00:00:00.5Z "
    found = [*reader.lines(stamp + b"x" * 100_000), *reader.lines(b"y" * 100_000), *reader.lines(b"z\n" + stamp + b"next\n")]
    assert [(line.text[:1], line.cut) for line in found] == [("x", True), ("n", False)] and len(found[0].text) <= LONGEST_LINE


def test_hostile_bytes_are_one_line_of_text() -> None:
    (line,) = LineReader(0).lines(b"2026-01-01T00:00:00Z \xff\x00\x1b[31mred\xc3\x28 \n")
    assert line == Line(Place(0, 1_767_225_600_000_000_000, 0), "�\x00\x1b[31mred�( ", False)


def test_words_of_the_kubelet_have_no_time() -> None:
    (line,) = LineReader(0).lines(b"unable to retrieve container logs for containerd://abc\n")
    assert line.text == "unable to retrieve container logs for containerd://abc"


@pytest.mark.parametrize(
    ("stamp", "fraction"),
    [("2026-01-01T00:00:00.123456789Z", 123456789), ("2026-01-01T08:00:00.5+08:00", 500_000_000), ("2026-01-01T00:00:00Z", 0)],
)
def test_every_spelling_of_a_time_is_read(stamp: str, fraction: int) -> None:
    assert nanoseconds(stamp.encode()) == 1_767_225_600_000_000_000 + fraction


def test_a_clock_that_is_set_back_keeps_the_order() -> None:
    reader = LineReader(0)
    found = reader.lines(b"2026-01-01T00:00:05Z a\n2026-01-01T00:00:01Z b\n2026-01-01T00:00:06Z c\n")
    assert [line.text for line in found] == ["a", "b", "c"] and sorted(line.place for line in found) == [line.place for line in found]
