"""The Deployment, the Service and the autoscaler of one predictor."""

from sandbox.controllers.ownership import reference_to
from sandbox.serving.names import APP, AUTOSCALER, Object, app_label
from sandbox.serving.pods import Template, port_of
from sandbox.serving.predictors import Predictor
from sandbox.serving.problems import INVALID_SPEC, SpecProblem

DEFAULT_TARGET = 80
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}


def deployment(service: Object, predictor: Predictor, template: Template) -> Object:
    """Without replicas where an autoscaler sets them, ours or somebody else's."""
    labels = {**template.labels, APP: app_label(predictor.workload)}
    pods = {"metadata": {"labels": labels, "annotations": template.annotations}, "spec": template.spec}
    spec: Object = {
        "selector": {"matchLabels": {APP: labels[APP]}},
        "template": pods,
        "strategy": predictor.spec.get("deploymentStrategy") or ROLLING,
    }
    if not is_autoscaled(service, predictor) and _class(service, predictor) != "external":
        spec["replicas"] = predictor.replicas
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(service, predictor, labels, template.annotations),
        "spec": spec,
    }


def service(owner: Object, predictor: Predictor, template: Template) -> Object:
    """The Service before a predictor's pods."""
    labels = {**template.labels, APP: app_label(predictor.workload)}
    port = {"name": "http", "port": 80, "targetPort": port_of(template.spec), "protocol": "TCP"}
    spec = {"type": "ClusterIP", "selector": {APP: labels[APP]}, "ports": [port]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(owner, predictor, labels, template.annotations), "spec": spec}


def is_autoscaled(owner: Object, predictor: Predictor) -> bool:
    """Whether an autoscaler of ours decides its size."""
    return not predictor.is_canary and _class(owner, predictor) == "hpa"


def _class(owner: Object, predictor: Predictor) -> str:
    """hpa, external or none; a predictor's own annotation goes before the one of the whole."""
    given = {**(owner["metadata"].get("annotations") or {}), **(predictor.spec.get("annotations") or {})}
    return str(given.get(AUTOSCALER, "hpa"))


def autoscaler(owner: Object, predictor: Predictor, template: Template, version: str) -> Object:
    """The HorizontalPodAutoscaler of a stable predictor. Raises SpecProblem for metrics that only Knative has."""
    scaling, least = predictor.spec.get("autoScaling") or {}, predictor.replicas
    spec: Object = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": predictor.workload},
        "minReplicas": least,
        "maxReplicas": max(int(predictor.spec.get("maxReplicas") or 0), least),
        "metrics": [_metric(each) for each in scaling.get("metrics") or []] or [_simple(predictor.spec)],
    }
    if scaling.get("behavior"):
        spec["behavior"] = scaling["behavior"]
    metadata = _metadata(owner, predictor, {**template.labels, APP: app_label(predictor.workload)}, template.annotations)
    return {"apiVersion": f"autoscaling/{version}", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}


def _simple(spec: Object) -> Object:
    metric, kind = spec.get("scaleMetric") or "cpu", spec.get("scaleMetricType") or "Utilization"
    if metric not in ("cpu", "memory"):
        raise SpecProblem(INVALID_SPEC, f"scaleMetric {metric} needs Knative: use cpu or memory in Standard mode")
    amount = int(spec.get("scaleTarget") or DEFAULT_TARGET)
    target = (
        {"type": kind, "averageUtilization": amount}
        if kind == "Utilization"
        else _amount(kind, amount if metric == "cpu" else f"{amount}Mi")
    )
    return {"type": "Resource", "resource": {"name": metric, "target": target}}


def _amount(kind: str, amount: int | str) -> Object:
    return {"type": kind, "averageValue" if kind == "AverageValue" else "value": str(amount)}


def _metric(given: Object) -> Object:
    if given.get("type") != "Resource":
        raise SpecProblem(
            INVALID_SPEC, f"autoScaling.metrics: type {given.get('type')} needs KEDA; a HorizontalPodAutoscaler takes Resource"
        )
    return {"type": "Resource", "resource": given["resource"]}


def _metadata(owner: Object, predictor: Predictor, labels: dict[str, str], annotations: dict[str, str]) -> Object:
    return {
        "name": predictor.workload,
        "namespace": owner["metadata"]["namespace"],
        "labels": labels,
        "annotations": annotations,
        "ownerReferences": [reference_to(owner)],
    }
