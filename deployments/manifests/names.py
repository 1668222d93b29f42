"""What the objects of a deployment are called, and what KServe calls the ones that it makes of them."""

from deployments.manifests.facts import ROUTED, Facts, Variant


def service_name(facts: Facts, variant: Variant) -> str:
    """The InferenceService in which a variant runs: one for both, or one for each where the requests are split by routes of ours."""
    return f"{facts.name}-{variant.name}" if facts.serving.splitting in ROUTED else facts.name


def predictor_name(facts: Facts, variant: Variant) -> str:
    """KServe's Deployment (in Knative mode its Knative Service) and Service of a variant."""
    own = f"-{variant.name}" if names_predictors(facts) else ""
    return f"{service_name(facts, variant)}{own}-predictor"


def part_name(facts: Facts, variant: Variant) -> str:
    """An object of ours beside one variant: named like it where each has its own, like the deployment where there is but one."""
    return f"{facts.name}-{variant.name}" if tells_apart(facts) else facts.name


def tells_apart(facts: Facts) -> bool:
    """Whether each variant has a Deployment under a name of its own; Knative numbers its revisions itself."""
    return names_predictors(facts) or facts.serving.splitting in ROUTED


def names_predictors(facts: Facts) -> bool:
    """Whether predictors have names of their own: only where KServe keeps several in one InferenceService."""
    return facts.serving.splitting == "canary"
