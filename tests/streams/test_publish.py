"""Publishing: after commit, bounded in time and size, never failing."""

import json
import socket
import time

import pytest
from django.db import transaction

from streams.entry import KEPT, STREAM, fields_of
from streams.publish import publish, publish_batch


@pytest.mark.django_db(transaction=True)
def test_an_event_is_published_only_after_the_commit(own_redis):
    with transaction.atomic():
        publish("namespace.1", "state", {"phase": "Ready"})
        assert own_redis.client.xlen(STREAM) == 0
    [(_, fields)] = own_redis.client.xrange(STREAM)
    assert (fields["topic"], fields["event"], json.loads(fields["data"])) == ("namespace.1", "state", {"phase": "Ready"})


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_rolled_back_transaction_is_never_published(own_redis):
    with pytest.raises(RuntimeError), transaction.atomic():
        publish("namespace.1", "state", {})
        raise RuntimeError
    publish("namespace.2", "state", {})
    assert [fields["topic"] for _, fields in own_redis.client.xrange(STREAM)] == ["namespace.2"]


@pytest.mark.django_db(transaction=True)
def test_the_stream_stays_bounded(own_redis):
    for _ in range(12):
        publish_batch([("namespace.1", "pods", {"n": n}) for n in range(1000)])
    assert KEPT <= own_redis.client.xlen(STREAM) < KEPT + 200


@pytest.mark.django_db(transaction=True)
def test_publishing_without_redis_neither_fails_nor_waits(own_redis):
    own_redis.stop()
    began = time.monotonic()
    for _ in range(50):
        publish("namespace.1", "state", {})
    assert time.monotonic() - began < 0.6


@pytest.mark.django_db(transaction=True)
def test_publishing_to_a_redis_that_never_answers_takes_at_most_half_a_second(settings, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        for _ in range(20):
            publish("namespace.1", "state", {})
        assert time.monotonic() - began < 0.6


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_told_to_reload_after_events_were_lost(own_redis, monkeypatch):
    monkeypatch.setattr("streams.publish.PAUSE_SECONDS", 0.0)
    publish("namespace.1", "state", {"n": 1})
    own_redis.stop()
    publish("namespace.1", "state", {"n": 2})
    own_redis.start()
    publish("namespace.1", "state", {"n": 3})
    assert [(fields["topic"], fields["event"]) for _, fields in own_redis.client.xrange(STREAM)] == [
        ("*", "reset"),
        ("namespace.1", "state"),
    ]


@pytest.mark.parametrize("name", ["", "a b", "a\nid: 1", "x" * 101, "é"])
def test_a_name_that_could_forge_a_line_is_refused(name):
    with pytest.raises(ValueError, match="is no name"):
        fields_of("namespace.1", name, {})
    with pytest.raises(ValueError, match="is no name"):
        fields_of(name, "state", {})


def test_data_with_line_breaks_stays_on_one_line():
    assert "\n" not in fields_of("namespace.1", "state", {"message": "a\nevent: forged\n\n"})["data"]
