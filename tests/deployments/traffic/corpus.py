"""What model servers and ingresses answer at their metrics, with the names, labels and units that their documentation gives."""

from pathlib import Path

ANSWERS = Path(__file__).parent / "answers"


def answer(name: str) -> bytes:
    """The text of one server."""
    return (ANSWERS / f"{name}.txt").read_bytes()


MLSERVER = answer("mlserver")
KSERVE = answer("kserve-python")
# Before its first request the histogram has no line of its own but its declaration.
KSERVE_QUIET = answer("kserve-python-quiet")
TRITON = answer("triton")
TORCHSERVE = answer("torchserve")
TENSORFLOW = answer("tensorflow-serving")
VLLM = answer("vllm")
QUEUE_PROXY = answer("knative-queue-proxy")
QUEUE_PROXY_OTEL = answer("knative-queue-proxy-opentelemetry")
ISTIO = answer("istio-ingressgateway")
VLLM_IN_KSERVE = b"\n".join(line for line in VLLM.split(b"\n") if b"http_requests_total" not in line) + KSERVE
