"""What would become of a wish: findings, those of the cluster among them where it could be asked, reasons for an approval, manifests."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from deployments.actions.ask import subject_for
from deployments.checks import Finding, findings
from deployments.checks.run import in_order
from deployments.cluster_word import cluster_word
from deployments.gathering import facts_for_plan
from deployments.manifests import render
from deployments.policies import approval_reasons
from deployments.wish import DeploymentWish
from tenants.models import Namespace


@dataclass(frozen=True)
class Preview:
    """`approval` says why an approver would have to decide it, and is empty when nobody has to; `cluster_asked` whether the findings hold
    what the cluster itself would refuse."""

    findings: list[Finding]
    approval: list[str]
    cluster_asked: bool = False
    manifests: list[dict[str, Any]] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether it cannot stand as it is, whoever decides."""
        return any(finding.level == "wrong" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """Whether it would be taken, and where the cluster's own word is found."""
        if self.wrong:
            return _("It would be refused. Mend what the findings call wrong.")
        if self.cluster_asked:
            decides = _("An approver decides this.") if self.approval else _("Nobody has to decide this: it is applied at once.")
            told = _("The cluster was asked; what it would refuse is among the findings.")
            return f"{decides} {told}"
        if self.approval:
            return _("An approver decides this. The plan of the request will hold the cluster's verdict on each object.")
        return _("Nobody has to decide this. It is applied at once, and the cluster's verdict on each object stands at the deployment.")


def preview(user: User, namespace: Namespace, wish: DeploymentWish, *, with_manifests: bool = False) -> Preview:
    """As `user` would ask for it. Of something that is wrong no manifests are made, and no cluster is asked."""
    subject = subject_for(namespace, wish)
    seen = Preview(findings(subject), approval_reasons(namespace, wish, subject.version))
    if not seen.wrong and (told := cluster_word(user, subject)) is not None:
        seen = replace(seen, findings=in_order([*seen.findings, *told]), cluster_asked=True)
    if with_manifests and not seen.wrong:
        return replace(seen, manifests=render(facts_for_plan(namespace, wish, subject.standing)))
    return seen
