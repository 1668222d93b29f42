"""The forms of a namespace: strings to typed values, and the same checks that the action makes, while somebody types."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team, User
from approvals.models import Request
from clusters.models import Cluster, GpuFlavor
from tenants.checks import check_wish
from tenants.environments import Environment
from tenants.fields import QuantityField, bytes_field, cards_field, cpu_field
from tenants.parsing import parse_end
from tenants.resources import Resources
from tenants.wish import NamespaceWish


class AmountsForm(forms.Form):
    """CPU, memory, storage, GPUs of each flavor of one cluster, and an end: what an approver may change."""

    cpu = cpu_field(label=_("CPU"), help_text=_("Cores, such as 8 or 500m."))
    memory = bytes_field(label=_("Memory"), help_text=_("Such as 32Gi."))
    storage = bytes_field(label=_("Storage"), required=False, help_text=_("Of all volumes together, such as 200Gi."))
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day, UTC. Then the quota shrinks to nothing by itself. Empty: no end."),
    )

    def __init__(self, *args: Any, cluster: Cluster | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.place = cluster
        self.flavors: list[GpuFlavor] = list(cluster.flavors.all()) if cluster else []
        for flavor in self.flavors:
            self.fields[f"gpu_{flavor.name}"] = cards_field(
                label=str(flavor),
                required=False,
                help_text=flavor.warning or flavor.sharing_note,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def gpu_fields(self) -> list[forms.BoundField]:
        """The fields of the flavors, in their order."""
        return [self[f"gpu_{flavor.name}"] for flavor in self.flavors]

    @property
    def resources(self) -> Resources:
        """What is asked as far as it can be read; a field with an error counts as nothing."""
        read = getattr(self, "cleaned_data", {}) if self.is_bound else self._proposed()
        gpus = {flavor.name: read.get(f"gpu_{flavor.name}") or 0 for flavor in self.flavors}
        return Resources(read.get("cpu") or 0, read.get("memory") or 0, read.get("storage") or 0, gpus)

    def _proposed(self) -> dict[str, Any]:
        """The initial amounts, which a link may have filled in with anything."""
        found = {}
        for name, field in self.fields.items():
            if isinstance(field, QuantityField) and (value := self.get_initial_for_field(field, name)):
                with suppress(ValidationError):
                    found[name] = field.clean(field.prepare_value(value))
        return found

    @property
    def ends_at(self) -> dt.datetime | None:
        """The last moment of the last day, UTC."""
        day = getattr(self, "cleaned_data", {}).get("ends_on")
        return parse_end(day.isoformat()) if day else None


def amounts_of(wish: NamespaceWish) -> dict[str, Any]:
    """The form's initial values that stand for a wish."""
    gpus = {f"gpu_{name}": count for name, count in wish.resources.gpus.items()}
    day = wish.ends_at.astimezone(dt.UTC).date() if wish.ends_at else None
    return {"cpu": wish.resources.cpu, "memory": wish.resources.memory, "storage": wish.resources.storage, "ends_on": day, **gpus}


class DecisionForm(AmountsForm):
    """The approver's numbers for a request; name and cluster stay as they were asked."""

    def __init__(self, *args: Any, request_row: Request, **options: Any) -> None:
        self.row = request_row
        wish = NamespaceWish.load(request_row.requested)
        self.wish = wish
        cluster = Cluster.objects.filter(name=wish.cluster).first()
        super().__init__(*args, cluster=cluster, initial=amounts_of(wish), **options)

    @property
    def wanted(self) -> NamespaceWish:
        """The wish with these numbers. An end that was not touched stays to the second."""
        ends_at = self.ends_at
        if self.wish.ends_at and ends_at and ends_at.date() == self.wish.ends_at.astimezone(dt.UTC).date():
            ends_at = self.wish.ends_at
        return NamespaceWish(self.wish.cluster, self.wish.name, self.resources, ends_at, self.wish.environment)

    def clean(self) -> dict[str, Any]:
        """The check that the action makes, too."""
        if not self.errors:
            _check(self, self.wanted, team=self.row.team, but=self.row)
        return self.cleaned_data


class ReviseForm(DecisionForm):
    """The requester's new numbers and words."""

    justification = forms.CharField(label=_("What for"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class NamespaceForm(AmountsForm):
    """A request for a new namespace."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), to_field_name="name", empty_label=None)
    cluster = forms.ModelChoiceField(Cluster.objects.none(), label=_("Cluster"), to_field_name="name", empty_label=None)
    name = forms.CharField(
        label=_("Name"),
        max_length=63,
        strip=False,
        help_text=_("Lowercase letters, digits and hyphens. It stays for good."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "class": "mono"}),
    )
    environment = forms.ChoiceField(
        label=_("Environment"),
        choices=Environment.choices,
        required=False,
        initial=Environment.DEVELOPMENT,
        help_text=_("It stays for good; deployments into production need an approver's yes."),
    )
    justification = forms.CharField(
        label=_("What for"),
        max_length=2000,
        help_text=_("The approver reads this first: what will run, for how long, and what happens without it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        clusters = Cluster.objects.visible_to(user)
        initial = options.get("initial") or {}
        chosen = (args[0] if args and args[0] else {}).get("cluster") or initial.get("cluster")
        cluster = (clusters.filter(name=str(chosen).replace("\x00", "")).first() if chosen else None) or clusters.first()
        super().__init__(*args, cluster=cluster, **options)
        asks = (Membership.Role.MEMBER, Membership.Role.OWNER)
        self.fields["team"].queryset = Team.objects.filter(memberships__user=user, memberships__role__in=asks)  # type: ignore[attr-defined]
        self.fields["cluster"].queryset = clusters  # type: ignore[attr-defined]
        self._ask_while_typing()

    def _ask_while_typing(self) -> None:
        for name, field in self.fields.items():
            field.widget.attrs |= {"hx-post": reverse_lazy("namespace_check"), "hx-target": "#outlook", "hx-sync": "closest form:replace"}
            field.widget.attrs["hx-trigger"] = "change" if name == "cluster" else "change, input changed delay:500ms"

    @property
    def wish(self) -> NamespaceWish:
        """What is asked. Only for a form without errors in its fields."""
        data = self.cleaned_data
        return NamespaceWish(
            data["cluster"].name, data["name"], self.resources, self.ends_at, data.get("environment") or Environment.DEVELOPMENT.value
        )

    def clean(self) -> dict[str, Any]:
        """The check that the action makes, as soon as enough is there to be checked."""
        if {"cluster", "name"} <= self.cleaned_data.keys():
            _check(self, self.wish, team=self.cleaned_data.get("team"))
        return self.cleaned_data


def _check(form: AmountsForm, wish: NamespaceWish, *, team: Team | None = None, but: Request | None = None) -> None:
    try:
        check_wish(wish, team=team, but=but)
    except ValidationError as error:
        for field, problems in error.error_dict.items():
            if field == "cpu" and {"cpu", "memory"} & form.errors.keys():
                continue  # What cannot be read counts as nothing, and is told at its own field.
            place = {"ends_at": "ends_on"}.get(field, field)
            if place in form.fields and place not in form.errors:
                form.add_error(place, problems)
            elif place not in form.fields:
                form.add_error(None, problems)


class DeleteForm(forms.Form):
    """The namespace's name, typed again."""

    confirm = forms.CharField(label=_("Name of the namespace"), max_length=63, strip=False)
