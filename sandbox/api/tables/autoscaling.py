"""The table of HorizontalPodAutoscalers, with every metric's current and wanted value."""

from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import age
from sandbox.api.tables.columns import Printer, columns
from sandbox.kinds.rules import Object

SHOWN = 2
UNKNOWN = "<unknown>"
FIELDS = {"External": "external", "Pods": "pods", "Object": "object", "Resource": "resource", "ContainerResource": "containerResource"}


def _cells(value: Object, now: datetime) -> list[Any]:
    spec, status = value.get("spec") or {}, value.get("status") or {}
    reference = f"{spec['scaleTargetRef']['kind']}/{spec['scaleTargetRef']['name']}"
    bounds = [str(spec["minReplicas"]) if "minReplicas" in spec else "<unset>", spec.get("maxReplicas", 0)]
    return [value["metadata"]["name"], reference, _targets(spec, status), *bounds, status.get("currentReplicas", 0), age(value, now)]


def _targets(spec: Object, status: Object) -> str:
    metrics, current = spec.get("metrics") or [], status.get("currentMetrics") or []
    texts = [_metric(each, current[index] if index < len(current) else {}) for index, each in enumerate(metrics)]
    joined = ", ".join(texts[:SHOWN]) or "<none>"
    return f"{joined} + {len(texts) - SHOWN} more..." if len(texts) > SHOWN else joined


def _metric(metric: Object, current: Object) -> str:
    field = FIELDS[metric["type"]]
    target, now = metric[field].get("target") or {}, (current.get(field) or {}).get("current") or {}
    if field in ("resource", "containerResource"):
        return f"{metric[field]['name']}: {_resource(target, now)}"
    if "averageValue" in target:
        return f"{now.get('averageValue', UNKNOWN)}/{target['averageValue']}{'' if field == 'pods' else ' (avg)'}"
    return f"{now.get('value', UNKNOWN)}/{target.get('value', '<auto>')}"


def _resource(target: Object, now: Object) -> str:
    if "averageValue" in target:
        return f"{now.get('averageValue', UNKNOWN)}/{target['averageValue']}"
    current = f"{now['averageUtilization']}%" if "averageUtilization" in now else UNKNOWN
    wanted = f"{target['averageUtilization']}%" if "averageUtilization" in target else "<auto>"
    return f"{current}/{wanted}"


AUTOSCALER = Printer(columns("Name, Reference, Targets, MinPods, MaxPods, Replicas, Age"), _cells)
