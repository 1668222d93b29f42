"""The ServiceMonitor: Prometheus reads the metrics of every predictor of the deployment."""

from typing import Any

from deployments.manifests.container import PORT_NAME
from deployments.manifests.facts import Facts
from deployments.manifests.metadata import DEPLOYMENT, metadata
from deployments.manifests.runtimes import METRICS_PATH

KIND = "ServiceMonitor"
# In Knative mode the proxy tells of the requests; the container's own port is not in the Service.
PORTS = {"Standard": PORT_NAME, "Knative": "http-usermetric"}


def render(facts: Facts) -> list[dict[str, Any]]:
    """One for all, since KServe hands our labels on to its Services; none while nothing runs."""
    if facts.paused or KIND not in facts.serving.kinds:
        return []
    selector = {"matchLabels": {DEPLOYMENT: facts.name, "component": "predictor"}}
    endpoint = {"port": PORTS[facts.serving.mode], "path": METRICS_PATH, "interval": "15s"}
    # The name of the Service tells the variants apart.
    spec = {"selector": selector, "endpoints": [endpoint], "targetLabels": [DEPLOYMENT]}
    return [{"apiVersion": "monitoring.coreos.com/v1", "kind": KIND, "metadata": metadata(facts, facts.name), "spec": spec}]
