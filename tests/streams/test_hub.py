"""The hub: fan-out, resuming, and telling a page to reload rather than leaving a silent gap."""

import asyncio

import pytest

from streams.entry import STREAM, fields_of
from streams.hub import Hub

TOPICS = frozenset({"namespace.1"})


def add(own_redis, topic="namespace.1", **data):
    return own_redis.client.xadd(STREAM, fields_of(topic, "state", data))


def run(own_redis, scenario):
    async def whole():
        hub = Hub(own_redis.url)
        try:
            await asyncio.wait_for(scenario(hub), 20)
        finally:
            hub.close()

    asyncio.run(whole())


def test_every_subscriber_gets_its_topics_events_in_order_and_no_others(own_redis):
    async def scenario(hub):
        first, second = [await hub.subscribe(TOPICS) for _ in range(2)]
        other = await hub.subscribe(frozenset({"namespace.2"}))
        for n in range(3):
            add(own_redis, n=n)
        add(own_redis, topic="namespace.2", n=9)
        for subscription in (first, second):
            assert [(await subscription.next(2)).data for _ in range(3)] == ['{"n":0}', '{"n":1}', '{"n":2}']
        assert (await other.next(2)).data == '{"n":9}'
        for subscription in (first, second, other):
            with pytest.raises(TimeoutError):
                await subscription.next(0.05)

    run(own_redis, scenario)


def test_a_returning_client_gets_exactly_what_it_missed(own_redis):
    async def scenario(hub):
        seen = add(own_redis, n=0)
        for n in range(1, 4):
            add(own_redis, n=n)
        add(own_redis, topic="namespace.2", n=7)
        subscription = await hub.subscribe(TOPICS, seen)
        assert [(await subscription.next(2)).data for _ in range(3)] == ['{"n":1}', '{"n":2}', '{"n":3}']
        add(own_redis, n=4)
        assert (await subscription.next(2)).data == '{"n":4}'

    run(own_redis, scenario)


@pytest.mark.parametrize("unknown", ["1-1", "99999999999999-0", "nonsense"])
def test_an_unknown_id_ends_the_stream_with_a_reset(own_redis, unknown):
    async def scenario(hub):
        add(own_redis, n=0)
        subscription = await hub.subscribe(TOPICS, unknown)
        assert await subscription.next(1) is None
        assert subscription.reason == "unknown-id"

    run(own_redis, scenario)


def test_a_client_of_an_empty_stream_can_resume_too(own_redis):
    async def scenario(hub):
        place = (await hub.subscribe(TOPICS)).last_id
        assert place
        add(own_redis, n=1)
        assert (await (await hub.subscribe(TOPICS, place)).next(2)).data == '{"n":1}'

    run(own_redis, scenario)


def test_events_of_others_move_the_place_to_resume_from(own_redis):
    async def scenario(hub):
        subscription = await hub.subscribe(TOPICS)
        newest = add(own_redis, topic="namespace.2", n=1)
        for _ in range(1000):
            if subscription.last_id == newest:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the place did not move")

    run(own_redis, scenario)


def test_a_slow_client_is_reset_and_the_others_get_everything(own_redis):
    async def scenario(hub):
        slow, quick = await hub.subscribe(TOPICS), await hub.subscribe(TOPICS)
        with own_redis.client.pipeline() as pipeline:
            for n in range(1500):
                pipeline.xadd(STREAM, fields_of("namespace.1", "state", {"n": n}))
            pipeline.execute()
        assert [(await quick.next(2)).data for _ in range(1500)] == [f'{{"n":{n}}}' for n in range(1500)]
        assert slow.reason == "slow"
        assert await slow.next(1) is None

    run(own_redis, scenario)


def test_every_stream_is_reset_when_redis_goes_and_new_ones_work_when_it_is_back(own_redis):
    async def scenario(hub):
        subscription = await hub.subscribe(TOPICS)
        own_redis.stop()
        assert await subscription.next(8) is None
        assert subscription.reason == "unavailable"
        assert (await hub.subscribe(TOPICS, wait=0.1)).reason == "unavailable"
        own_redis.start()
        again = await hub.subscribe(TOPICS, wait=5)
        assert again.reason == ""
        add(own_redis, n=1)
        assert (await again.next(2)).data == '{"n":1}'

    run(own_redis, scenario)


def test_every_stream_is_reset_when_redis_was_emptied(own_redis):
    async def scenario(hub):
        subscription = await hub.subscribe(TOPICS)
        own_redis.client.flushall()
        assert await subscription.next(8) is None
        again = await hub.subscribe(TOPICS, wait=5)
        add(own_redis, n=1)
        assert (await again.next(2)).data == '{"n":1}'

    run(own_redis, scenario)


def test_a_publisher_that_lost_events_resets_every_stream(own_redis):
    async def scenario(hub):
        subscription = await hub.subscribe(TOPICS)
        own_redis.client.xadd(STREAM, fields_of("*", "reset", {"reason": "lost"}))
        assert await subscription.next(2) is None
        assert subscription.reason == "lost"

    run(own_redis, scenario)
