"""What would become of a wish, from the database alone: findings, reasons for an approval, manifests."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from deployments.actions.ask import subject_for
from deployments.checks import Finding, findings
from deployments.gathering import facts_for_plan
from deployments.manifests import render
from deployments.policies import approval_reasons
from deployments.wish import DeploymentWish
from tenants.models import Namespace


@dataclass(frozen=True)
class Preview:
    """`approval` says why an approver would have to decide it, and is empty when nobody has to."""

    findings: list[Finding]
    approval: list[str]
    manifests: list[dict[str, Any]] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether it cannot stand as it is, whoever decides."""
        return any(finding.level == "wrong" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """Whether it would be taken, and whom to ask what the cluster itself would say: nothing here calls it."""
        if self.wrong:
            return _("It would be refused. Mend what the findings call wrong.")
        if self.approval:
            return _("An approver decides this. The plan of the request will hold the cluster's verdict on each object.")
        return _("Nobody has to decide this. It is applied at once, and the cluster's verdict on each object stands at the deployment.")


def preview(namespace: Namespace, wish: DeploymentWish, *, with_manifests: bool = False) -> Preview:
    """Of something that is wrong no manifests are made."""
    subject = subject_for(namespace, wish)
    found = findings(subject)
    reasons = approval_reasons(namespace, wish, subject.version)
    seen = Preview(found, reasons)
    if with_manifests and not seen.wrong:
        return replace(seen, manifests=render(facts_for_plan(namespace, wish, subject.standing)))
    return seen
