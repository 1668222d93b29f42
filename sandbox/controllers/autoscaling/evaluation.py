"""One look at an autoscaler: the count that follows, and what its status and its events say about it."""

from sandbox.client.calls import ApiError, Client, Object
from sandbox.controllers.autoscaling.behavior import Memory, bounded, decide
from sandbox.controllers.autoscaling.conditions import with_condition
from sandbox.controllers.autoscaling.proposals import InvalidMetric, Proposal, Target, propose

UNABLE = "the HPA was unable to compute the replica count: "
DEFAULT_METRICS = [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]


class Evaluation:
    """Gathers the new status and the events of one look; `at` is the API's time of it."""

    def __init__(self, autoscaler: Object, *, at: str) -> None:
        self.autoscaler, self._at = autoscaler, at
        self.events: list[tuple[str, str, str]] = []
        before = autoscaler.get("status") or {}
        self.status: Object = {"currentReplicas": 0, "desiredReplicas": 0, **before, "conditions": list(before.get("conditions") or [])}
        if "generation" in autoscaler["metadata"]:
            self.status["observedGeneration"] = autoscaler["metadata"]["generation"]
        self.why = ""

    def able(self, reason: str, message: str, status: str = "True") -> None:
        """Set AbleToScale."""
        self._set("AbleToScale", status, reason, message)

    def active(self, status: str, reason: str, message: str) -> None:
        """Set ScalingActive."""
        self._set("ScalingActive", status, reason, message)

    def limited(self, status: str, reason: str, message: str) -> None:
        """Set ScalingLimited."""
        self._set("ScalingLimited", status, reason, message)

    def fail_scale(self, reason: str, what: str, error: ApiError) -> None:
        """The scale could not be read or written."""
        why = str(error).partition(": ")[2]
        self.able(reason, f"the HPA controller was unable to {what}: {why}", "False")
        self.events.append(("Warning", "FailedRescale" if reason == "FailedUpdateScale" else reason, why))

    def rescaled(self, desired: int) -> None:
        """The target has its new size."""
        self.able("SucceededRescale", f"the HPA controller was able to update the target scale to {desired}")
        self.events.append(("Normal", "SuccessfulRescale", f"New size: {desired}; reason: {self.why}"))
        self.status |= {"desiredReplicas": desired, "lastScaleTime": self._at}

    def _set(self, name: str, status: str, reason: str, message: str) -> None:
        self.status["conditions"] = with_condition(self.status["conditions"], name, status, reason, message, self._at)


async def evaluate(client: Client, evaluation: Evaluation, target: Target, memory: Memory, clock: float) -> int | None:
    """The count that the target should have, None if nothing can be said; `clock` is in seconds."""
    spec, status = evaluation.autoscaler["spec"], evaluation.status
    status["currentReplicas"] = target.replicas
    if target.replicas == 0 and spec.get("minReplicas", 1) != 0:
        evaluation.active("False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
        status["desiredReplicas"] = 0
        return None
    if target.replicas > spec["maxReplicas"] or target.replicas < spec.get("minReplicas", 1):
        above = target.replicas > spec["maxReplicas"]
        evaluation.why = f"Current number of replicas {'above Spec.MaxReplicas' if above else 'below Spec.MinReplicas'}"
        status["desiredReplicas"] = bounded(spec, target.replicas)[0]
        return int(status["desiredReplicas"])
    best = await _best(client, evaluation, target)
    if best is None:
        return None
    verdict = decide(spec, target.replicas, best.replicas, memory, clock)
    evaluation.why = f"{best.name} above target" if best.replicas > target.replicas else "All metrics below target"
    evaluation.able(*verdict.able)
    evaluation.limited("True" if verdict.is_limited else "False", *verdict.limited)
    status["desiredReplicas"] = verdict.replicas
    return verdict.replicas


async def _best(client: Client, evaluation: Evaluation, target: Target) -> Proposal | None:
    """The proposal of most replicas; None, with the conditions that tell why, if too little is known to follow it."""
    if not target.selector:
        message = "the HPA target's scale is missing a selector"
        evaluation.active("False", "InvalidSelector", message)
        evaluation.events.append(("Warning", "SelectorRequired", "selector is required"))
        return None
    metrics = evaluation.autoscaler["spec"].get("metrics") or DEFAULT_METRICS
    proposals, failures = list[Proposal](), list[InvalidMetric]()
    for metric in metrics:
        try:
            proposals.append(await propose(client, metric, target))
        except InvalidMetric as failure:
            failures.append(failure)
            evaluation.events.append(("Warning", failure.reason, str(failure)))
    evaluation.status["currentMetrics"] = [each.status for each in proposals]
    best = max(proposals, key=lambda each: each.replicas, default=None)
    # With a metric missing nobody knows whether fewer would do; more are needed in any case.
    if best is None or (failures and best.replicas < target.replicas):
        evaluation.active("False", failures[0].reason, f"{UNABLE}{failures[0]}")
        why = f"invalid metrics ({len(failures)} invalid out of {len(metrics)}), first error is: {failures[0]}"
        evaluation.events.append(("Warning", "FailedComputeMetricsReplicas", why))
        return None
    message = f"the HPA was able to successfully calculate a replica count from {best.name}"
    evaluation.active("True", "ValidMetricFound", message)
    return best
