"""What model servers and the proxies before them call their counters: one table, with the units and with what each does not tell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SECONDS, MICROSECONDS, MILLISECONDS = 1000.0, 0.001, 1.0
METRICS = "/metrics"
# Prometheus' client libraries tell when the process began; Istio's agent puts its own name before it.
START = ("process_start_time_seconds", "istio_agent_process_start_time_seconds")
SERVER_ERROR = {"status_code": "5.."}
# The routes that are predictions; health checks and the metrics themselves are counted under others.
PREDICTION = r".*(:predict|:explain|/infer|/infer_stream|/generate|/generate_stream|/invocations)"
CALLS = {"method": "POST", "path": PREDICTION}
# The codes that TensorFlow Serving turns into answers from 500 on.
TENSORFLOW_FAILURES = "UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"


@dataclass(frozen=True)
class Series:
    """Samples of one name whose labels match these regular expressions as a whole."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a sample with these labels is meant."""
        return all(re.fullmatch(pattern, labels.get(name, "")) for name, pattern in self.labels.items())


@dataclass(frozen=True)
class Names:
    """One server. Each part is the sum of its series; `errors` are among `requests`.

    `times` is a histogram with `milliseconds` per unit. Where a part is missing, its `no_…` says why in plain words.
    """

    server: str
    requests: tuple[Series, ...]
    errors: tuple[Series, ...] | None = None
    times: Series | None = None
    milliseconds: float = SECONDS
    no_errors: str = ""
    no_times: str = ""

    @property
    def all(self) -> frozenset[str]:
        """Every name of a sample that is read."""
        found = {series.name for series in (*self.requests, *(self.errors or ()))}
        return frozenset(found | ({f"{self.times.name}_bucket"} if self.times else set()))


MLSERVER = Names(
    "MLServer",
    requests=(Series("rest_server_requests_total", CALLS),),
    errors=(Series("rest_server_requests_total", {**CALLS, **SERVER_ERROR}),),
    times=Series("rest_server_request_duration_seconds", CALLS),
)
VLLM = Names(
    "vLLM",
    requests=(Series("http_requests_total", {"method": "POST", "handler": r"(/openai)?/v[12]/.*"}),),
    errors=(Series("http_requests_total", {"method": "POST", "handler": r"(/openai)?/v[12]/.*", "status": "5.*"}),),
    times=Series("vllm:e2e_request_latency_seconds"),
)
VLLM_IN_KSERVE = Names(
    "vLLM in KServe's server",
    requests=(Series("vllm:e2e_request_latency_seconds_count"),),
    times=Series("vllm:e2e_request_latency_seconds"),
    no_errors="vLLM in KServe's server counts no failed requests",
)
KSERVE = Names(
    "KServe's Python server",
    requests=(Series("request_predict_seconds_count"),),
    times=Series("request_predict_seconds"),
    no_errors="KServe's Python server counts no failed requests",
)
TRITON = Names(
    "Triton",
    requests=(Series("nv_inference_request_success"), Series("nv_inference_request_failure")),
    # A request that its client has cancelled is nobody's error.
    errors=(Series("nv_inference_request_failure", {"reason": "(?!CANCELED$).*"}),),
    no_times="Triton tells sums of times and no distribution",
)
TORCHSERVE = Names(
    "TorchServe",
    requests=(Series("ts_inference_requests_total"),),
    errors=(Series("Requests5XX"), Series("Requests5XX_total")),
    no_times="TorchServe tells sums of times and no distribution",
)
TENSORFLOW = Names(
    "TensorFlow Serving",
    requests=(Series(":tensorflow:serving:request_count"),),
    errors=(Series(":tensorflow:serving:request_count", {"status": TENSORFLOW_FAILURES}),),
    times=Series(":tensorflow:serving:request_latency"),
    milliseconds=MICROSECONDS,
)
# Knative's proxy in front of each container, under its names of before and since it changed to OpenTelemetry.
QUEUE_PROXY = Names(
    "Knative's queue proxy",
    requests=(Series("revision_request_count"),),
    errors=(Series("revision_request_count", {"response_code": "5.."}),),
    times=Series("revision_request_latencies"),
    milliseconds=MILLISECONDS,
)
QUEUE_PROXY_OTEL = Names(
    "Knative's queue proxy",
    requests=(Series("http_server_request_duration_seconds_count"),),
    errors=(Series("http_server_request_duration_seconds_count", {"http_response_status_code": "5.."}),),
    times=Series("http_server_request_duration_seconds"),
)

# The first whose counter of requests is there is taken: what counts HTTP answers before what counts the model's work only.
SERVERS = (QUEUE_PROXY, QUEUE_PROXY_OTEL, MLSERVER, VLLM, VLLM_IN_KSERVE, TRITON, TORCHSERVE, TENSORFLOW, KSERVE)
SERVER_NAMES = frozenset().union(*(names.all for names in SERVERS), START)

# A port and a path.
Place = tuple[int, str]
