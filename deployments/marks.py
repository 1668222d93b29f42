"""Tells charts what happened to a deployment: its revisions, the steps of its candidates, its scale, and restarts of its pods."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from audit.models import Entry
from clusters.models import Pod
from deployments.models import ModelDeployment, Revision, Rollout, ScalingStep
from deployments.queries import pods_of
from metrics.marks import MOST, Kind, Mark

Period = tuple[dt.datetime, dt.datetime]


def marks(cluster_id: int, subject: str, since: int, until: int) -> Iterable[Mark]:
    """Of a deployment, with their names of all in a namespace, and of a pod."""
    kind, _dot, pk = subject.partition(".")
    period = (dt.datetime.fromtimestamp(since, dt.UTC), dt.datetime.fromtimestamp(until, dt.UTC))
    if kind == "deployment":
        rows = list(ModelDeployment.objects.filter(cluster=cluster_id, pk=pk).select_related("cluster", "namespace"))
        return [mark for row in rows for mark in (*_of_rows([row], period, named=False), *_restarts(pods_of(row)))]
    if kind == "namespace":
        return _of_rows(list(ModelDeployment.objects.filter(cluster=cluster_id, namespace_id=int(pk))), period, named=True)
    if kind == "pod":
        return _restarts(Pod.objects.filter(cluster=cluster_id, uid=pk))
    return []


def _of_rows(rows: list[ModelDeployment], period: Period, *, named: bool) -> Iterator[Mark]:
    names = {row.pk: f"{row.name}: " if named else "" for row in rows}
    for revision in Revision.objects.filter(deployment__in=rows, created_at__range=period).order_by("-created_at")[:MOST]:
        title = _("Revision r%(number)s") % {"number": revision.number}
        yield _mark(revision.created_at, "revision", names[revision.deployment_id] + title)
    for rollout in Rollout.objects.filter(deployment__in=rows, started_at__range=period).select_related("candidate")[:MOST]:
        words: dict[str, object] = {"number": rollout.candidate.number}
        yield _mark(rollout.started_at, "rollout", names[rollout.deployment_id] + _("Candidate r%(number)s begins") % words)
    for rollout in Rollout.objects.filter(deployment__in=rows, ended_at__range=period).select_related("candidate")[:MOST]:
        words = {"number": rollout.candidate.number, "how": rollout.get_ended_display()}
        assert rollout.ended_at is not None  # noqa: S101 - asked for
        yield _mark(rollout.ended_at, "rollout", names[rollout.deployment_id] + _("Candidate r%(number)s %(how)s") % words)
    for step in ScalingStep.objects.filter(deployment__in=rows, at__range=period)[:MOST]:
        yield _mark(step.at, "scaling", names[step.deployment_id] + f"{_number(step.before)} → {_number(step.after)}")
    yield from _shares(names, period)


def _shares(names: dict[int, str], period: Period) -> Iterator[Mark]:
    about = Entry.objects.filter(subject_kind="deployment", subject_id__in=[str(pk) for pk in names], action="rollout.change_share")
    for entry in about.filter(at__range=period, outcome=Entry.Outcome.ACCEPTED)[:MOST]:
        words = {"number": entry.detail.get("revision"), "share": entry.detail.get("share")}
        yield _mark(entry.at, "rollout", names[int(entry.subject_id)] + _("Candidate r%(number)s at %(share)s %%") % words)


def _restarts(pods: Iterable[Pod]) -> Iterator[Mark]:
    """Of each pod the last one: more Kubernetes does not keep."""
    for pod in pods:
        ended = parse_datetime(str(pod.last_exit.get("ended_at") or "")) if pod.restarts else None
        if ended:
            words = {"pod": pod.name, "reason": pod.last_exit.get("reason") or _("ended")}
            yield _mark(ended, "restart", _("%(pod)s started again: %(reason)s") % words)


def _mark(at: dt.datetime, kind: Kind, title: str) -> Mark:
    return Mark(int(at.timestamp()), kind, title)


def _number(replicas: int | None) -> str:
    return "–" if replicas is None else str(replicas)
