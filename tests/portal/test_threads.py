"""The threads of the web process: one call for the middleware and the view, and threads that are lent to one request at a time."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connection, connections
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from portal import threads
from portal.threads import KeptThreads, OneCallHandler

SCOPE = {"type": "http", "method": "GET", "query_string": b"", "headers": [(b"host", b"localhost")], "http_version": "1.1"}
began, ended = threading.Event(), threading.Event()


def slow(request):
    began.set()
    time.sleep(0.3)
    ended.set()
    return HttpResponse("late")


def asking(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


urlpatterns = [path("slow", slow), path("asking", asking)]


async def get(application, place, leaves=None):
    """The body of the answer; the client stays unless `leaves` is a threading.Event: then it goes when that is set."""
    sent, questions = [], [{"type": "http.request"}]

    async def receive():
        if questions:
            return questions.pop()
        await (asyncio.Event().wait() if leaves is None else asyncio.to_thread(leaves.wait))
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await application({**SCOPE, "path": place}, receive, send)
    return b"".join(message.get("body", b"") for message in sent)


def test_the_middleware_and_the_view_are_one_call_to_the_thread():
    async def ask(handler):
        loop, returns = asyncio.get_running_loop(), []
        back = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda *args, **options: returns.append(args) or back(*args, **options)
        async with ThreadSensitiveContext(executor=thread):
            assert await get(handler, "/healthz")
        return len(returns)

    # Beside that one, what Django does before and after a request. Should its own handler do as well one day, ours can go.
    with ThreadPoolExecutor(1) as thread:
        assert asyncio.run(ask(OneCallHandler())) <= 3 < asyncio.run(ask(ASGIHandler()))


async def whose(scope, receive, send):
    """An application that notes its thread, and waits for the others where there are any."""
    scope["seen"].append(await sync_to_async(threading.get_ident)())
    if others := scope.get("others"):
        await others.wait()


def test_a_thread_is_lent_to_one_request_at_a_time_and_then_to_the_next():
    async def ask():
        kept, seen, others = KeptThreads(whose), [], asyncio.Barrier(3)
        for _ in range(2):
            await kept({"seen": seen}, None, None)
        await asyncio.gather(*(kept({"seen": seen, "others": others}, None, None) for _ in range(3)))
        return seen

    first, second, *together = asyncio.run(ask())
    assert first == second and first in together
    assert len(set(together)) == 3


def test_only_so_many_threads_are_kept(monkeypatch):
    monkeypatch.setattr(threads, "MOST_KEPT", 2)

    async def ask():
        kept, seen, others = KeptThreads(whose), [], asyncio.Barrier(4)
        await asyncio.gather(*(kept({"seen": seen, "others": others}, None, None) for _ in range(4)))
        return len(kept._idle)

    assert asyncio.run(ask()) == 2


def test_a_thread_that_may_still_be_at_work_is_not_lent_again():
    gate = threading.Event()

    async def stuck(scope, receive, send):
        if scope["stays"]:
            await sync_to_async(gate.wait)()
        else:
            await sync_to_async(threading.get_ident)()

    async def ask():
        kept = KeptThreads(stuck)
        task = asyncio.create_task(kept({"stays": True}, None, None))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(kept({"stays": False}, None, None), 20)
        gate.set()

    asyncio.run(ask())


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_a_client_that_leaves_leaves_no_thread_at_work():
    began.clear()
    ended.clear()
    kept = KeptThreads(OneCallHandler())
    assert asyncio.run(get(kept, "/slow", leaves=began)) == b""
    assert ended.is_set()
    assert len(kept._idle) == 1


@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_a_database_file_stays_open_from_one_request_to_the_next_and_a_server_gets_its_connection_back():
    async def ask(kept):
        return [(await get(kept, "/asking")).split() for _ in range(2)]

    kept = KeptThreads(OneCallHandler())
    (thread, first), (again, second) = asyncio.run(ask(kept))
    still_open = kept._idle[0].submit(lambda: connection.connection is not None).result(20)
    kept._idle[0].submit(connections.close_all).result(20)
    assert thread == again
    assert still_open == (connection.vendor == "sqlite")
    assert (first == second) or not still_open
