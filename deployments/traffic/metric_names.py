"""Where model servers tell their counters, by runtime; and what Istio calls those of its gateway."""

from collections.abc import Mapping

from deployments.spec import Runtime
from metrics.servers.names import METRICS, START, Place

# Where they are read when the pod does not say it, and when it says so wrongly, as KServe's MLServer does.
QUEUE_PROXY_PLACE: Place = (9091, METRICS)
PLACES: Mapping[Runtime, tuple[Place, ...]] = {
    "mlflow": ((8080, METRICS), (8082, METRICS)),
    "sklearn": ((8080, METRICS), (8082, METRICS)),
    "xgboost": ((8080, METRICS), (8082, METRICS)),
    "tensorflow": ((8080, "/monitoring/prometheus/metrics"),),
    "torchserve": ((8082, METRICS),),
    "triton": ((8002, METRICS),),
    "vllm": ((8080, METRICS),),
    "custom": (),
}

# Istio's names, at the gateway that everything from outside passes.
ISTIO_REQUESTS = "istio_requests_total"
ISTIO_TIMES = "istio_request_duration_milliseconds"
ISTIO_NAMES = frozenset({ISTIO_REQUESTS, f"{ISTIO_TIMES}_bucket", *START})
