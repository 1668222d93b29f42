"""Every server's text becomes the same four numbers, in milliseconds, and hostile text becomes none."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deployments.traffic.ingress import _about, _reading
from deployments.traffic.metric_names import ISTIO_NAMES
from metrics.servers.exposition import LONGEST_LINE, MOST_LINES, Unreadable, read
from metrics.servers.names import SERVER_NAMES, SERVERS
from metrics.servers.reading import Reading, reading_of, started_in
from tests.deployments.traffic import corpus
from tests.deployments.traffic.two_sides import two_sides


def told(body: bytes) -> tuple[str, Reading]:
    """The server's name and what it has counted."""
    text = read(body, SERVER_NAMES)
    names = next(names for names in SERVERS if any(text.has(series.name) for series in names.requests))
    return names.server, reading_of(text, names)


@pytest.mark.parametrize(
    ("body", "server", "requests", "errors", "p50", "started"),
    [
        (corpus.MLSERVER, "MLServer", 100, 1, 7.535714, 1764000001.23),
        (corpus.KSERVE, "KServe's Python server", 40, None, 10.0, 1764000000.0),
        (corpus.TRITON, "Triton", 8212, 15, None, None),
        (corpus.TORCHSERVE, "TorchServe", 7, 2, None, None),
        (corpus.TENSORFLOW, "TensorFlow Serving", 36, 2, 1.0, None),
        (corpus.VLLM, "vLLM", 24, 1, 1000.0, 1764000777.0),
        (corpus.VLLM_IN_KSERVE, "vLLM in KServe's server", 20, None, 1000.0, 1764000777.0),
        (corpus.QUEUE_PROXY, "Knative's queue proxy", 20, 3, 5.0, None),
        (corpus.QUEUE_PROXY_OTEL, "Knative's queue proxy", 10, 2, 55.555556, None),
    ],
)
def test_every_server_is_read_in_its_own_words(body, server, requests, errors, p50, started):
    name, reading = told(body)
    assert (name, reading.requests, reading.errors) == (server, requests, errors)
    assert reading.started == started
    if p50 is None:
        assert reading.times is None, f"{server} tells no distribution, and none may be made up"
    else:
        assert reading.times.quantile(0.5).value == pytest.approx(p50, abs=1e-5)


def test_a_server_that_has_answered_nothing_yet_is_known_by_its_declarations():
    name, reading = told(corpus.KSERVE_QUIET)
    assert (name, reading.requests, reading.times.total) == ("KServe's Python server", 0, 0)


def test_torchserve_of_before_it_counted_failures_has_no_number_of_errors():
    body = b"\n".join(line for line in corpus.TORCHSERVE.split(b"\n") if b"XX" not in line)
    assert told(body)[1].errors is None


def test_the_ingress_is_read_per_destination_with_the_failures_of_the_way_there():
    sides = two_sides()
    text = read(corpus.ISTIO, ISTIO_NAMES, about=_about(sides))
    stable, candidate = (_reading(text, "vision", side, started_in(text)) for side in sides)
    assert (stable.requests, stable.errors, stable.times.total) == (80, 0, 80)
    assert candidate.requests == 14 + 3 + 2 + 4 + 1, "neither what the other end reports, nor another namespace's, nor r22's"
    assert candidate.errors == 3 + 2 + 1, "a client that hung up is nobody's error"
    assert candidate.started == 1764000000.0


HOSTILE = [
    b"\x00\xff\xfe",
    b"rest_server_requests_total{",
    b'rest_server_requests_total{method="POST",path="/infer",status_code="200"} NaN',
    b"rest_server_requests_total 1e999",
    b"rest_server_requests_total -5",
    b"rest_server_requests_total " + b"9" * 4000,
    b'rest_server_requests_total{a="' + b"\\" * 4000,
    b"rest_server_requests_total{ ,=} 1",
    b'rest_server_requests_total{" "="x"} 1',
    b"# TYPE rest_server_requests_total",
    b"# TYPE",
    b"process_start_time_seconds\x00 5",
    b"rest_server_requests_total \xe2\x80\xae1",
]


@given(st.lists(st.sampled_from(HOSTILE) | st.binary(max_size=60) | st.just(b"rest_server_requests_total 3"), max_size=8))
@example([b"rest_server_requests_total{\x00} 1"])
def test_hostile_text_is_numbers_or_a_refusal_and_nothing_else(lines):
    try:
        text = read(b"\n".join(lines), SERVER_NAMES)
    except Unreadable as error:
        assert "\x00" not in str(error), "what PostgreSQL cannot keep must not be in a text that is kept"
        return
    assert all(math.isfinite(sample.value) and sample.value >= 0 for sample in text.samples)
    for names in SERVERS:
        reading = reading_of(text, names)
        assert reading.requests >= 0


def test_a_flood_of_series_is_refused_and_an_endless_line_is_not_read():
    line = b'rest_server_requests_total{method="POST",path="/infer",status_code="%d"} 1'
    with pytest.raises(Unreadable):
        read(b"\n".join(line % number for number in range(MOST_LINES + 1)), SERVER_NAMES)
    endless = b'rest_server_requests_total{x="' + b"a" * LONGEST_LINE + b'"} 1'
    assert read(endless, SERVER_NAMES).samples == []


def test_text_that_nobody_asked_for_costs_nothing():
    junk = b"\n".join(b'some_other_metric{a="%d"} 1' % number for number in range(200_000))
    assert read(junk + b"\n" + corpus.MLSERVER, SERVER_NAMES).has("rest_server_requests_total")
