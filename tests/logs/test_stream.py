"""Lines in the browser: each once, however often it comes back, with one reader of the cluster for all who look."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partialmethod
from typing import Any

import pytest
from django.test import AsyncClient

from clusters.models import Pod
from logs import cursor, reading, sse
from logs import hub as hubs
from logs.hub import log_hub
from logs.ring import Ring
from tests.factories import make_user

pytestmark = pytest.mark.timeout(120)


class Page:
    """A browser that follows: `rows` are the lines, `last_id` is what it comes back with."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self.body, self.rows, self.sources, self.last_id, self.events = body, [], [], "", []  # type: ignore[var-annotated]

    async def until(self, holds: Callable[["Page"], Any], seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not holds(self):
                self._take((await anext(self.body)).decode())

    def _take(self, chunk: str) -> None:
        event = ""
        for line in chunk.splitlines():
            key, _, value = line.partition(": ")
            if key == "id":
                self.last_id = value
            elif key == "event":
                event = value
                self.events.append(event)
            elif key == "data" and event == "lines":
                self.rows += json.loads(value)
            elif key == "data" and event == "sources":
                self.sources = json.loads(value)

    @property
    def texts(self) -> list[str]:
        return [row[3] for row in self.rows if len(row) == 5]

    @property
    def notices(self) -> list[str]:
        return [row[1] for row in self.rows if len(row) == 3]


@asynccontextmanager
async def opened(space: Any, query: str = "", last_id: str = "", user: Any = None) -> AsyncIterator[Page]:
    browser = AsyncClient()
    await browser.aforce_login(user or space.member)
    response = await browser.get(space.live + query, headers={"last-event-id": last_id} if last_id else {})
    assert response.status_code == 200, response.content
    async with aclosing(response._iterator) as body:
        yield Page(body)


def test_lines_come_as_they_are_written(live_space: Any) -> None:
    async def look() -> None:
        live_space.box.write("before", "\x1b[31mERROR\x1b[0m <b>")
        async with opened(live_space) as page:
            await page.until(lambda page: len(page.rows) == 2)
            live_space.box.write("after")
            await page.until(lambda page: len(page.rows) == 3)
            assert page.texts == ["before", "ERROR <b>", "after"]
            assert page.rows[1][2] == "error"
            assert page.sources == [{"id": 0, "pod": "p", "container": "main", "trouble": "", "ended": False}]

    asyncio.run(look())


def test_many_pages_have_one_reader_of_the_cluster(live_space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "LINGER_SECONDS", 0.1)

    async def look() -> None:
        live_space.box.write("a")
        async with opened(live_space) as first, opened(live_space) as second, opened(live_space) as third:
            for page in (first, second, third):
                await page.until(lambda page: page.texts == ["a"])
            live_space.box.write("b")
            for page in (first, second, third):
                await page.until(lambda page: page.texts == ["a", "b"])
            follows = [query for query in live_space.box.queries if query.get("follow")]
            assert len(follows) == 1 and len(log_hub().upstreams) == 1
        async with asyncio.timeout(10):
            while log_hub().upstreams:
                await asyncio.sleep(0.02)

    asyncio.run(look())


@pytest.mark.parametrize("where", ["same process", "another process"])
def test_who_comes_back_finds_every_line_once(live_space: Any, where: str) -> None:
    live_space.box.write(*(f"line {number}" for number in range(50)))
    seen: list[str] = []

    async def look(last_id: str, more: int) -> str:
        async with opened(live_space, last_id=last_id) as page:
            wanted = len(seen) + more
            await page.until(lambda page: len(seen) + len(page.texts) >= wanted)
            seen.extend(page.texts)
            return page.last_id

    async def twice() -> None:
        last_id = await look("", 50)
        live_space.box.write(*(f"line {number}" for number in range(50, 3_000)))
        await look(last_id, 2_950)

    async def write() -> None:
        live_space.box.write(*(f"line {number}" for number in range(50, 3_000)))

    if where == "same process":
        asyncio.run(twice())
    else:
        last_id = asyncio.run(look("", 50))
        asyncio.run(write())
        asyncio.run(look(last_id, 2_950))
    assert seen == [f"line {number}" for number in range(3_000)]


def test_a_page_that_reads_slower_than_lines_come_misses_none(live_space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PIECE", 100)
    monkeypatch.setattr(reading, "AT_ONCE", 50)
    monkeypatch.setattr(Ring, "__init__", partialmethod(Ring.__init__, 20_000))

    async def look() -> None:
        live_space.box.write("line 0")
        async with opened(live_space) as page:
            await page.until(lambda page: page.texts == ["line 0"])
            for start in range(1, 2_000, 500):
                live_space.box.write(*(f"line {number}" for number in range(start, start + 500)))
                await page.until(lambda page, start=start: len(page.texts) > start // 2)
            await page.until(lambda page: len(page.texts) >= 2_001)
            assert page.texts == [f"line {number}" for number in range(2_001)]

    asyncio.run(look())


def test_a_pod_that_starts_meanwhile_is_heard_from_its_first_line(live_space: Any) -> None:
    async def look() -> None:
        live_space.box.write("a")
        async with opened(live_space, "?tail=1") as page:
            await page.until(lambda page: page.texts == ["a"])
            await asyncio.to_thread(live_space.add_pod, "q")
            await page.until(lambda page: len(page.sources) == 2)
            await page.until(lambda page: [row[0] for row in page.rows] == [0, 1])

    asyncio.run(look())


def test_a_beginning_can_be_chosen(live_space: Any) -> None:
    async def look() -> None:
        live_space.box.write(*map(str, range(100)))
        async with opened(live_space, "?tail=3") as page:
            await page.until(lambda page: len(page.rows) >= 3)
            live_space.box.write("100")
            await page.until(lambda page: page.texts[-1] == "100")
            assert page.texts == ["97", "98", "99", "100"]
        async with opened(live_space) as other:
            # Beside the first one, whose reader is still there.
            await other.until(lambda page: len(page.rows) >= 101)
            assert other.texts == list(map(str, range(101)))

    asyncio.run(look())


def test_a_restart_is_said_between_the_lines(live_space: Any) -> None:
    async def look() -> None:
        async with opened(live_space) as page:
            live_space.box.write("first")
            await page.until(lambda page: page.texts == ["first"])
            live_space.box.restart()
            live_space.box.write("second")
            await page.until(lambda page: page.texts == ["first", "second"])
            assert page.notices == ["restarted"]

    asyncio.run(look())


def test_a_pod_that_is_gone_is_read_to_its_end_and_forgotten(live_space: Any) -> None:
    async def look() -> None:
        live_space.box.write("a")
        async with opened(live_space) as page:
            await page.until(lambda page: page.texts == ["a"])
            live_space.box.write("last words")
            live_space.box.end()
            await page.until(lambda page: page.sources[0]["ended"] and page.texts == ["a", "last words"])
            await asyncio.to_thread(Pod.objects.all().delete)
            await asyncio.to_thread(live_space.add_pod, "q", "uid-2")
            live_space.box.uid = "uid-2"
            await page.until(lambda page: len(page.sources) == 2)
            await page.until(lambda page: page.rows[-1][0] == 1)
            assert [key[0] for key in cursor.decode(page.last_id)] == ["q"]

    asyncio.run(look())


def test_a_cluster_that_refuses_is_told_and_asked_again(live_space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> None:
        live_space.box.refusal = (403, "pods is forbidden")
        async with opened(live_space) as page:
            await page.until(lambda page: page.sources and "forbidden" in page.sources[0]["trouble"])
            live_space.box.refusal = None
            live_space.box.write("again")
            await page.until(lambda page: page.texts == ["again"] and page.sources[0]["trouble"] == "")

    asyncio.run(look())


def test_a_broken_connection_to_the_cluster_is_said(live_space: Any) -> None:
    cluster = live_space.namespace.cluster
    cluster.kubeconfig = "nonsense: true"
    cluster.save()

    async def look() -> None:
        async with opened(live_space) as page:
            await page.until(lambda page: page.sources)
            assert page.sources[0]["id"] == -1 and "cannot be reached" in page.sources[0]["trouble"]

    asyncio.run(look())


def test_more_logs_than_may_be_are_refused(live_space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "PER_USER", 1)

    async def look() -> None:
        async with opened(live_space) as page:
            await page.until(lambda page: page.sources)
            browser = AsyncClient()
            await browser.aforce_login(live_space.member)
            refused = await browser.get(live_space.live)
            assert refused.status_code == 429 and refused["Retry-After"]

    asyncio.run(look())


def test_a_stream_of_too_many_containers_reads_the_newest(live_space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_UPSTREAMS", 1)

    async def look() -> None:
        await asyncio.to_thread(live_space.add_pod, "q")
        async with opened(live_space) as page:
            await page.until(lambda page: len(page.sources) == 2)
            assert [each["id"] for each in page.sources] == [0, -1]

    asyncio.run(look())


def test_another_team_has_no_stream(live_space: Any) -> None:
    async def look() -> int:
        browser = AsyncClient()
        await browser.aforce_login(await asyncio.to_thread(make_user, "stranger", {"speech": "owner"}))
        return (await browser.get(live_space.live)).status_code

    assert asyncio.run(look()) == 404


@pytest.mark.parametrize("query", ["tail=0", "tail=x", "tail=99999", "since=yesterday", "pod=../etc", "container=a/b"])
def test_a_query_that_makes_no_sense_is_refused_in_words(client: Any, space: Any, query: str) -> None:
    client.force_login(space.member)
    answer = client.get(f"{space.live}?{query}")
    assert answer.status_code == 400 and len(answer.content) > 10


def test_what_prepares_a_pod_has_the_word_until_it_is_through(live_space: Any) -> None:
    Pod.objects.all().delete()
    live_space.add_pod("p", init_containers=["setup"], reason="Init:CrashLoopBackOff", phase="Pending")

    async def look() -> list[str]:
        async with opened(live_space) as page:
            await page.until(lambda page: page.sources)
            return [each["container"] for each in page.sources]

    assert asyncio.run(look()) == ["setup", "main"]
