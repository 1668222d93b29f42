"""Reads the ingress's own counters per destination: what clients have met, failures of the way to the pods included."""

from collections.abc import Iterable

from clusters.serving import ClusterServing
from deployments.traffic.metric_names import ISTIO_NAMES, ISTIO_REQUESTS, ISTIO_TIMES
from deployments.traffic.sides import Side
from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import KubeError
from kube.proxy import service_call
from metrics.servers.exposition import Exposition, Sample, Unreadable, read
from metrics.servers.names import METRICS, MILLISECONDS
from metrics.servers.reading import Reading, started_in, times_of

SERVICE, PORT = "kserve-ingress-gateway", "http"
ANSWER_SECONDS = 2.0
LARGEST_ANSWER = 8 * 2**20
HEADERS = {"Accept": "text/plain; version=0.0.4"}
# What Istio writes where it knows no name.
UNKNOWN = ("", "unknown")
# Marks of answers without a code: whose fault they were is in the flags, and DC is the client that hung up.
CLIENT_LEFT = ("DC", "DPE")


def read_ingress(
    api: Api, serving: ClusterServing, namespace: str, sides: tuple[Side, Side], deadline: Deadline
) -> dict[str, Reading] | str:
    """What one of the ingress's processes has counted for each side, by the side's name; or, in plain words, why there is nothing."""
    place, _, service = serving.gateway.partition("/")
    where = (place, service) if service else (serving.namespace, SERVICE)
    timeout = deadline.timeout(ANSWER_SECONDS)
    try:
        reply = service_call(api, *where, PORT, "GET", METRICS, headers=HEADERS, timeout=timeout, cap=LARGEST_ANSWER)
        if reply.status != 200:
            return f"the ingress answers {reply.status} where its metrics should be"
        text = read(reply.body, ISTIO_NAMES, about=_about(sides))
    except (KubeError, Unreadable) as error:
        return f"the ingress tells no metrics: {error}"[:300]
    if not text.has(ISTIO_REQUESTS):
        return "the ingress does not count requests under Istio's names"
    started = started_in(text)
    if started is None:
        return "the ingress does not say which of its processes answers"
    return {side.name: _reading(text, namespace, side, started) for side in sides}


def _about(sides: tuple[Side, Side]) -> Iterable[str]:
    """The text that every line of interest holds; the ingress of a large cluster counts for thousands of others."""
    return [f'"{name}"' for side in sides for name in side.destinations] + ["process_start_time_seconds"]


def _reading(text: Exposition, namespace: str, side: Side, started: float) -> Reading:
    mine = [sample for sample in text.samples if _is_for(sample, namespace, side)]
    requests = [sample for sample in mine if sample.name == ISTIO_REQUESTS]
    times = times_of((sample for sample in mine if sample.name == f"{ISTIO_TIMES}_bucket"), MILLISECONDS)
    errors = sum(int(sample.value) for sample in requests if _is_error(sample))
    return Reading(sum(int(sample.value) for sample in requests), errors, times, started)


def _is_for(sample: Sample, namespace: str, side: Side) -> bool:
    """A gateway counts as the source; a process that counts what it receives as well would count twice."""
    labels = sample.labels
    if labels.get("reporter", "source") != "source":
        return False
    service, workload = labels.get("destination_service_name", ""), labels.get("destination_workload", "")
    by_service = service not in UNKNOWN
    place = labels.get("destination_service_namespace" if by_service else "destination_workload_namespace", "")
    return (service if by_service else workload) in side.destinations and place == namespace


def _is_error(sample: Sample) -> bool:
    code, flags = sample.labels.get("response_code", ""), sample.labels.get("response_flags", "-")
    if code == "0":
        return flags not in ("-", "") and flags not in CLIENT_LEFT
    return len(code) == 3 and code.startswith("5")
