"""What the pods of a predictor are to be, from the copies of the cluster."""

from sandbox.serving.config import Config
from sandbox.serving.copies import Copies
from sandbox.serving.names import Object
from sandbox.serving.pods import Template, template
from sandbox.serving.predictors import Predictor
from sandbox.serving.runtimes import Runtime, choose
from sandbox.serving.storage import with_model


def runtime_of(copies: Copies, service: Object, predictor: Predictor) -> Runtime | None:
    """The runtime of its model; None for containers of its own. Raises SpecProblem."""
    if not predictor.spec.get("model"):
        return None
    own = copies.runtimes.within(service["metadata"]["namespace"])
    return choose(predictor.spec["model"], own, copies.cluster_runtimes.objects.values())


def blueprint(copies: Copies, config: Config, service: Object, predictor: Predictor, runtime: Runtime | None) -> Template:
    """The template of its pods, with what fetches the model. Raises SpecProblem."""
    made = template(service, predictor, runtime)
    uri = (predictor.spec.get("model") or {}).get("storageUri") or ""
    return Template(made.labels, made.annotations, with_model(made.spec, uri, config, copies.storage.objects.values()))
