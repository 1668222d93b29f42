"""How KServe tells Knative's autoscaler what a predictor wants: by annotations of its revisions."""

from dataclasses import replace

from sandbox.serving.autoscaler.rules import CLASS, KPA, MAXIMUM, METRIC, METRICS, MINIMUM, TARGET
from sandbox.serving.pods import Template
from sandbox.serving.predictors import Predictor
from sandbox.serving.problems import INVALID_SPEC, SpecProblem


def scaled(predictor: Predictor, template: Template) -> Template:
    """The same with the annotations: a change of them is a new revision. Raises SpecProblem for what Knative's own does not scale by."""
    spec, own = predictor.spec, template.annotations
    least = spec.get("minReplicas")
    found = {CLASS: own.get(CLASS, KPA), MINIMUM: str(1 if least is None else max(int(least), 0))}
    for key, annotation in (("maxReplicas", MAXIMUM), ("scaleMetric", METRIC), ("scaleTarget", TARGET)):
        if spec.get(key):
            found[annotation] = str(spec[key])
    if found[CLASS] != KPA:
        raise SpecProblem(INVALID_SPEC, f"{CLASS} {found[CLASS]} is not played: use {KPA}")
    if (metric := found.get(METRIC, own.get(METRIC, METRICS[0]))) not in METRICS:
        raise SpecProblem(INVALID_SPEC, f"scaleMetric {metric} needs Standard mode: Knative's autoscaler takes {' and '.join(METRICS)}")
    if int(found.get(MAXIMUM, 0)) and int(found[MAXIMUM]) < int(found[MINIMUM]):
        raise SpecProblem(INVALID_SPEC, f"maxReplicas {found[MAXIMUM]} is below minReplicas {found[MINIMUM]}")
    return replace(template, annotations={**own, **found})
