"""Rollouts as a kind of the engine: measured every few seconds, judged in the transaction that records the numbers."""

from typing import Any

from django.conf import settings
from django.db.models import Case, F, JSONField, Value, When

from clusters.breaker import open_breaker
from clusters.connections import connection
from deployments.actions.roll import end_rollout
from deployments.models import ModelDeployment, Rollout
from deployments.streaming import announce
from deployments.traffic.judge import Finding, Thresholds, judge
from deployments.traffic.measuring import measure
from deployments.traffic.trouble import Trouble
from kube.connect import Api
from kube.errors import Unreachable
from reconcile.attempt import Attempt
from reconcile.outcome import Outcome
from reconcile.registry import OwnerKind


class RolloutKind(OwnerKind):
    """Owns no objects: it looks at what the deployment's have done."""

    name = "rollout"
    model = Rollout

    def rows(self) -> Any:
        """With everything that an attempt reads."""
        joined = ("cluster", "namespace__team", "namespace__cluster", "revision__request__team")
        return Rollout.objects.select_related("stable", "candidate", *(f"deployment__{name}" for name in joined))

    def run(self, row: Rollout, attempt: Attempt) -> Outcome:
        """One measurement; the row is due again in a few seconds as long as the rollout runs."""
        if row.ended_at:
            return Outcome("done", "Ended", "the rollout has ended")
        rest = float(settings.SLIPWAY["ROLLOUT_SECONDS"])
        if row.deployment.paused or row.deployment.deletion_requested_at:
            return Outcome("waiting", "Paused", "the deployment does not serve now", retry_after=rest)
        measured = measure(row, self.connect(row), attempt.deadline)
        if measured is None:
            return Outcome("waiting", "Ended", "the rollout has ended meanwhile", retry_after=rest)
        generation = attempt.generation
        extra = {"figures": _kept("figures", measured.figures, generation), "counters": _kept("counters", measured.counters, generation)}
        return Outcome("waiting", measured.reason, measured.message, retry_after=rest, extra=extra)

    def connect(self, row: Rollout) -> Api:
        """The connection, unless the breaker of its cluster is open."""
        cluster = row.deployment.cluster
        if cluster.breaker_opened_at:
            raise Unreachable(f"the cluster {cluster} does not answer")
        return connection(cluster)

    def blocked_key(self, row: Rollout) -> str:
        """Waits for its cluster."""
        return row.deployment.cluster.key

    def unreachable(self, row: Rollout) -> None:
        """Opens the cluster's breaker."""
        open_breaker(row.deployment.cluster_id)

    def settled(self, row: Rollout, outcome: Outcome) -> None:
        """Judges what was just recorded. The row is locked by that record, so a person's word either came before it or waits for this."""
        if row.ended_at:
            return
        if outcome.state == "waiting" and (findings := judge(thresholds_of(row), row.figures, Trouble.load(row.counters.get("trouble")))):
            reason = "; ".join(finding.words for finding in findings)
            end_rollout(row, Rollout.End.ROLLED_BACK, actor=None, reason=reason, verdict=_verdict(row, findings))
        announce(row.deployment, "traffic")

    def visible_to(self, user: Any) -> Any:
        """Who sees the deployment."""
        return Rollout.objects.filter(deployment__in=ModelDeployment.objects.visible_to(user))


def thresholds_of(rollout: Rollout) -> Thresholds:
    """By what a rollout is judged."""
    return Thresholds(
        max_errors=None if rollout.max_errors is None else float(rollout.max_errors),
        max_p99=None if rollout.max_p99 is None else float(rollout.max_p99),
        min_requests=rollout.min_requests,
        startup_seconds=rollout.candidate.spec.startup_seconds,
        share=rollout.share,
    )


def _verdict(row: Rollout, findings: list[Finding]) -> dict[str, Any]:
    """The numbers that decided, as they were then."""
    limits = thresholds_of(row)
    return {
        "findings": [finding.dump() for finding in findings],
        "thresholds": {"errors": limits.max_errors, "p99": limits.max_p99, "min_requests": limits.min_requests},
        "share": row.share,
        **{name: row.figures.get(name) for name in ("since", "at", "source", "stable", "candidate")},
    }


def _kept(field: str, value: dict[str, Any], generation: int) -> Case:
    """The new value, unless the share has changed since it was measured: then it would tell of another one."""
    return Case(When(generation=generation, then=Value(value, JSONField())), default=F(field), output_field=JSONField())
