"""The words in which pages speak of the parts of a deployment."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.spec import Scaling, Source
from deployments.wish import Trial

Words = Mapping[str, "str | Promise"]

RUNTIMES: Words = {
    "mlflow": gettext_lazy("MLflow"),
    "sklearn": gettext_lazy("scikit-learn"),
    "xgboost": gettext_lazy("XGBoost"),
    "tensorflow": gettext_lazy("TensorFlow Serving"),
    "torchserve": gettext_lazy("TorchServe"),
    "triton": gettext_lazy("Triton"),
    "vllm": gettext_lazy("vLLM"),
    "custom": gettext_lazy("custom image"),
}
PROTOCOLS: Words = {"v2": gettext_lazy("Open Inference Protocol (V2)"), "v1": gettext_lazy("V1")}
EXPOSURES: Words = {"cluster": gettext_lazy("inside the cluster only"), "outside": gettext_lazy("from outside, too")}
STRATEGIES: Words = {
    "rolling": gettext_lazy("rolling: new pods first, then the old ones go"),
    "recreate": gettext_lazy("recreate: the old ones go first, a short interruption"),
}
SPREADS: Words = {"": gettext_lazy("as the scheduler likes"), "nodes": gettext_lazy("over nodes"), "zones": gettext_lazy("over zones")}
SOURCES: Words = {
    "model": gettext_lazy("A registered model"),
    "uri": gettext_lazy("Files in storage"),
    "image": gettext_lazy("Your own image"),
}


def source_words(source: Source) -> str:
    """ "defects v3, as champion"; a place or an image as it is written."""
    if source.kind != "model" or not source.alias:
        return str(source)
    return _("%(version)s, as %(alias)s") % {"version": source, "alias": source.alias}


def scaling_words(scaling: Scaling) -> str:
    """ "2", or "1 to 4, by CPU 80 %"."""
    if not scaling.automatic:
        return str(scaling.minimum)
    words = _("%(minimum)s to %(maximum)s, by %(targets)s")
    return words % {"minimum": scaling.minimum, "maximum": scaling.maximum, "targets": targets_words(scaling)}


def targets_words(scaling: Scaling) -> str:
    """ "CPU 80 %, memory 70 %"; empty for a fixed number."""
    return ", ".join(_target(name, value) for name, value in scaling.targets.items()) if scaling.automatic else ""


def trial_words(trial: Trial) -> str:
    """ "as a candidate with 20 % of the requests, rolled back above 1 % errors"."""
    words = [_("as a candidate with %(share)s %% of the requests") % {"share": trial.share}]
    if trial.max_errors is not None:
        words.append(_("rolled back above %(errors)s %% errors") % {"errors": f"{trial.max_errors:g}"})
    if trial.max_p99 is not None:
        words.append(_("rolled back above p99 %(p99)s ms") % {"p99": trial.max_p99})
    return ", ".join(words)


def _target(name: str, value: int) -> str:
    words = {
        "cpu": _("CPU %(value)s %%"),
        "memory": _("memory %(value)s %%"),
        "concurrency": _("%(value)s requests at once"),
        "rps": _("%(value)s requests per second"),
    }
    return words[name] % {"value": value}
