"""The parts of a deployment's spec in words."""

from django import template
from django.utils.translation import gettext as _

from deployments import wording
from deployments.models import ScalingStep
from deployments.spec import Scaling

register = template.Library()


@register.filter
def scaling_words(scaling: Scaling) -> str:
    """ "2", or "1 to 4, by CPU 80 %"."""
    return wording.scaling_words(scaling)


@register.filter
def exposure_words(exposure: str) -> str:
    """Who can reach it."""
    return str(wording.EXPOSURES[exposure])


@register.filter
def metric_words(step: ScalingStep) -> str:
    """By what the number of replicas changed."""
    words = {
        "": _("not told"),
        "cpu": _("CPU"),
        "memory": _("memory"),
        "concurrency": _("requests at once"),
        "rps": _("requests per second"),
        "minimum": _("the minimum"),
        "maximum": _("the maximum"),
    }
    return ", ".join(words.get(name.strip(), name.strip()) for name in step.metric.split(","))


@register.filter
def threshold_words(step: ScalingStep) -> str:
    """Its target: percent of the request for CPU and memory."""
    if step.threshold is None:
        return "–"
    return f"{step.threshold} %" if step.metric in ("cpu", "memory") else str(step.threshold)
