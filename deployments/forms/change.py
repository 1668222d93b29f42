"""The next revision of what stands, and another version of an open request: place and name stay."""

from functools import cached_property
from typing import Any

from django import forms

from accounts.models import User
from approvals.models import Request
from deployments.diffs import Lines, changed_only, difference
from deployments.forms.spec import SpecForm, initial_of
from deployments.forms.trial import TrialFields, trial_initial
from deployments.models import ModelDeployment
from deployments.queries import standing_deployment
from deployments.serving import offer_of
from deployments.spec import DeploymentSpec, Source
from deployments.wish import DeploymentWish, Trial
from tenants.models import Namespace


class NextForm(TrialFields, SpecForm):
    """Begins with `begin` and `follows`; `stands` is what serves now, where something does."""

    begin: DeploymentSpec

    @property
    def stands(self) -> DeploymentSpec | None:
        """What serves now."""
        raise NotImplementedError

    @property
    def pinned(self) -> Source | None:
        """The source, while model, version and alias are as they were."""
        source, data = self.begin.source, self.cleaned_data
        same = {"source": source.kind, "model": source.model, "uri": source.uri if source.kind == "uri" else "", "image": source.image}
        if any((data.get(name) or "") != value for name, value in same.items() if name in ("source", source.kind)):
            return None
        return source if source.kind != "model" or data.get("pick") == self.initial["pick"] else None

    @property
    def trial(self) -> Trial | None:
        return self.wanted_trial if self.stands else None

    @property
    def shown(self) -> set[str]:
        return super().shown - (set() if self.stands else set(TrialFields.base_fields))

    @property
    def no_trial(self) -> str:
        """Why a candidate is not possible on this cluster, if it is not."""
        return offer_of(self.place.cluster).no_splitting if self.place else ""

    @property
    def difference(self) -> Lines:
        """The lines that would change; none while the fields say nothing that could be."""
        return changed_only(difference(self.stands, self.subject.spec)) if self.subject else []


class ChangeForm(NextForm):
    """The next revision of a deployment; `seen_revision` is the number that its writer saw serving."""

    seen_revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, deployment: ModelDeployment, **options: Any) -> None:
        assert deployment.revision is not None  # noqa: S101 - set in the transaction that made the row
        self.deployment, self.begin = deployment, deployment.revision.spec
        self.about = f"?deployment={deployment.pk}"
        begin = {**initial_of(self.begin, deployment.follows), **trial_initial(None), "seen_revision": deployment.revision.number}
        super().__init__(*args, user=user, initial=begin | options.pop("initial", {}), **options)

    @cached_property
    def place(self) -> Namespace | None:
        return self.deployment.namespace

    @property
    def wanted_name(self) -> str:
        return self.deployment.name

    @property
    def stands(self) -> DeploymentSpec | None:
        return self.begin

    def again(self, data: dict[str, Any]) -> "ChangeForm":
        return ChangeForm(data, user=self.user, deployment=self.deployment)


class ReviseForm(NextForm):
    """Other words or numbers for an open request; `seen_version` is the version of it that its writer saw."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, request_row: Request, namespace: Namespace, **options: Any) -> None:
        self.row, self.namespace_row = request_row, namespace
        self.asked = DeploymentWish.load(request_row.requested)
        self.begin = self.asked.spec
        self.about = f"?request={request_row.pk}"
        words = {"reason": request_row.justification, "seen_version": request_row.version}
        begin = {**initial_of(self.begin, self.asked.follows), **trial_initial(self.asked.trial), **words}
        super().__init__(*args, user=user, initial=begin, **options)
        self.fields["reason"].required = True

    @cached_property
    def place(self) -> Namespace | None:
        return self.namespace_row

    @property
    def wanted_name(self) -> str:
        return self.asked.name

    def again(self, data: dict[str, Any]) -> "ReviseForm":
        return ReviseForm(data, user=self.user, request_row=self.row, namespace=self.namespace_row)

    @cached_property
    def stands(self) -> DeploymentSpec | None:
        standing = standing_deployment(self.namespace_row, self.asked.name)
        return standing.revision.spec if standing and standing.revision else None
