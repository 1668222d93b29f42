"""Small things that namespace pages show: YAML, and in plain words why a pod does not run."""

from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

from clusters.models import Event, Pod
from tenants.models import Namespace
from tenants.queries import events_of, pods_of


def as_yaml(document: dict[str, Any]) -> str:
    """The document as people write it."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return text


@dataclass(frozen=True)
class Seen:
    """A pod, and what keeps it from running and what to do about that; empty where nothing does."""

    pod: Pod
    hint: str


def pods_with_hints(namespace: Namespace) -> list[Seen]:
    """The pods of a namespace; two queries."""
    pods = list(pods_of(namespace))
    waiting = [pod.name for pod in pods if pod.phase == "Pending"]
    events = events_of(namespace).filter(involved_name__in=waiting).order_by("last_at") if waiting else []
    newest = {event.involved_name: event for event in events}
    return [Seen(pod, hint(pod, newest.get(pod.name))) for pod in pods]


def hint(pod: Pod, event: Event | None) -> str:
    """One sentence."""
    known = {
        "CrashLoopBackOff": _("The container ends right after its start, again and again. Its last log lines tell why."),
        "OOMKilled": _("It needed more memory than its limit. Raise the limit, or use less."),
        "ImagePullBackOff": _("The image cannot be pulled. Check its name and whether the registry may be reached."),
        "ErrImagePull": _("The image cannot be pulled. Check its name and whether the registry may be reached."),
        "CreateContainerConfigError": _("A ConfigMap or Secret that it names is missing."),
        "Evicted": _("Its node ran short of memory or disk."),
    }
    if pod.reason in known:
        return known[pod.reason]
    if pod.phase == "Pending" and (pod.reason == "Unschedulable" or (event and event.reason == "FailedScheduling")):
        return _("No node has what it asks for: %(why)s") % {"why": pod.message or (event.message if event else "")}
    return pod.message if pod.phase in ("Failed", "Pending") else ""
