"""What went to whom and how it went, under the names that Istio's gateways use."""

from sandbox.exposition import Counter, Histogram, Start, exposition
from sandbox.serving.gateway.table import Route

LABELS: tuple[str, ...] = (
    "reporter",
    "destination_workload_namespace",
    "destination_workload",
    "destination_service_namespace",
    "destination_service_name",
)
LABELS += ("destination_canonical_service", "response_code")
# Milliseconds; closer than Istio's, so that percentiles of quick models mean something.
BOUNDS = (
    0.5,
    1,
    1.5,
    2,
    3,
    4,
    5,
    7.5,
    10,
    15,
    20,
    30,
    40,
    50,
    75,
    100,
    150,
    200,
    300,
    500,
    750,
    1000,
    1500,
    2500,
    5000,
    10000,
    30000,
    60000,
)


class Statistics:
    """Counts and times of answers by backend and code."""

    def __init__(self) -> None:
        self._start = Start()
        self._requests = Counter("istio_requests_total", "Requests by backend and code.", LABELS)
        self._durations = Histogram("istio_request_duration_milliseconds", "How long answers took, in milliseconds.", LABELS, BOUNDS)

    def note(self, route: Route, service: str, code: int, seconds: float) -> None:
        """One answer."""
        labels = ("source", route.namespace, service, route.namespace, service, route.name, str(code))
        self._requests.add(*labels)
        self._durations.observe(seconds * 1000, *labels)

    def text(self) -> str:
        """For /metrics."""
        return exposition(self._start, self._requests, self._durations)
