"""A namespace request as its page shows it: the lines of what changes, what a yes would leave, what became of it."""

from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.kind_pages import Amount, Change, KindPage, Steps
from approvals.models import Request
from clusters.models import Cluster, GpuFlavor
from clusters.wording import LABELS
from tenants.forms import DecisionForm
from tenants.models import Namespace
from tenants.outlook import Outlook, outlook
from tenants.policies import may_retry
from tenants.resources import Resources
from tenants.wish import NamespaceWish


class NamespaceRequestPage(KindPage):
    """Registered for the kind "namespace"."""

    name = "namespace"

    def form(self, request: Request, data: Any = None) -> DecisionForm:
        form = DecisionForm(data, request_row=request)
        for field in form.fields.values():
            # The inputs stand in the table of what changes, their form beside it.
            field.widget.attrs |= {
                "form": "decision",
                "hx-post": reverse("request_weigh", args=[request.pk]),
                "hx-target": "#outlook-lines",
                "hx-trigger": "change, input changed delay:500ms",
                "hx-include": "#decision",
                "data-number": "",
            }
        return form

    def wanted(self, form: forms.Form) -> dict[str, Any]:
        return cast(DecisionForm, form).wanted.dump()

    def changes(self, request: Request, form: forms.Form | None) -> list[Change]:
        asked = NamespaceWish.load(request.requested)
        decided = NamespaceWish.load(request.decided) if request.decided else None
        rows = [self._line(key, asked.resources, decided, form) for key in ("cpu", "memory", "storage")]
        flavors = {flavor.name: flavor for flavor in self._flavors(request)}
        names = list({**asked.resources.gpus, **(decided.resources.gpus if decided else {}), **flavors})
        cards = [self._cards(name, flavors.get(name), asked, decided, form) for name in names]
        until = Change(
            _("Until"), "date", None, asked.ends_at, decided.ends_at if decided else None, field=form["ends_on"] if form else None
        )
        return [row for row in cards + rows if row.asked or row.decided or row.field] + [until]

    def _line(self, key: str, asked: Resources, decided: NamespaceWish | None, form: forms.Form | None) -> Change:
        now = getattr(decided.resources, key) if decided else None
        return Change(LABELS[key], key, 0, getattr(asked, key), now, field=form[key] if form else None)

    def _cards(self, name: str, flavor: Any, asked: NamespaceWish, decided: NamespaceWish | None, form: forms.Form | None) -> Change:
        now = decided.resources.gpus.get(name, 0) if decided else None
        note = flavor.resource_name if flavor else _("this flavor is gone")
        box = form[f"gpu_{name}"] if form and f"gpu_{name}" in form.fields else None
        return Change(str(flavor or name), f"gpu:{name}", 0, asked.resources.gpus.get(name, 0), now, note, box)

    def outlook(self, request: Request, form: forms.Form | None) -> list[Outlook]:
        cluster = self._cluster(request)
        if cluster is None:
            return []
        asked = NamespaceWish.load(request.in_force).resources
        if isinstance(form, DecisionForm) and form.is_bound and form.is_valid():
            asked = form.resources
        try:
            return outlook(cluster, asked, only_asked=True)
        except KeyError:
            return []

    def steps(self, request: Request, user: User) -> Steps:
        namespace = Namespace.objects.select_related("team").filter(request=request).first()
        if namespace is None:
            return Steps()
        retry = reverse("namespace_retry", args=[namespace.pk]) if may_retry(user, namespace) else ""
        url = reverse("namespace_detail", args=[namespace.pk])
        return Steps(namespace.inventory, namespace.name, url, retry, f"namespace.{namespace.pk}")

    def revise_url(self, request: Request) -> str:
        return reverse("request_revise", args=[request.pk])

    def where(self, request: Request) -> str:
        return str(self._cluster(request) or request.requested["cluster"])

    def summaries(self, requests: list[Request]) -> dict[int, list[Amount]]:
        flavors = GpuFlavor.objects.values_list("cluster__name", "name", "display_name")
        names = {(cluster, name): words or name for cluster, name, words in flavors}
        return {row.pk: self._summary(NamespaceWish.load(row.in_force), names) for row in requests}

    def _summary(self, wish: NamespaceWish, names: dict[tuple[str, str], str]) -> list[Amount]:
        resources = wish.resources
        cards = [Amount(names.get((wish.cluster, name), name), f"gpu:{name}", count) for name, count in resources.gpus.items() if count]
        return [*cards, Amount(LABELS["cpu"], "cpu", resources.cpu), Amount(LABELS["memory"], "memory", resources.memory)]

    def _cluster(self, request: Request) -> Cluster | None:
        return Cluster.objects.filter(name=request.requested["cluster"]).first()

    def _flavors(self, request: Request) -> list[Any]:
        cluster = self._cluster(request)
        return list(cluster.flavors.all()) if cluster else []
