"""States as badges: a word, a shape and a colour, the same everywhere."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()
Look = tuple[str, "str | Promise"]

REQUEST: dict[str, Look] = {
    "pending": ("wait", _("Needs a decision")),
    "changes": ("wait", _("Changes asked for")),
    "approved": ("ok", _("Approved")),
    "applying": ("run", _("Applying")),
    "applied": ("ok", _("Applied")),
    "failed": ("bad", _("Failing")),
    "rejected": ("bad", _("Rejected")),
    "withdrawn": ("off", _("Withdrawn")),
    "superseded": ("off", _("Superseded")),
}
OBJECT: dict[str, Look] = {
    "": ("off", _("Not yet")),
    "planned": ("off", _("Not yet")),
    "created": ("ok", _("Created")),
    "changed": ("ok", _("Changed")),
    "unchanged": ("ok", _("Equal")),
    "conflict": ("bad", _("Conflict")),
    "failed": ("bad", _("Failing")),
    "waiting": ("wait", _("Waiting")),
    "deleted": ("off", _("Deleted")),
}
VERDICT: dict[str, Look] = {
    "creates": ("new", _("Creates")),
    "changes": ("new", _("Changes")),
    "unchanged": ("off", _("Unchanged")),
    "refused": ("bad", _("Refused")),
    "conflict": ("bad", _("Conflict")),
    "unavailable": ("wait", _("Not known")),
}
NAMESPACE: dict[str, Look] = {
    "applied": ("ok", _("Ready")),
    "applying": ("run", _("Applying")),
    "failed": ("bad", _("Failing")),
    "waiting": ("wait", _("Cluster unreachable")),
    "deleting": ("wait", _("Deleting")),
    "deleted": ("off", _("Deleted")),
}
POD: dict[str, Look] = {
    "Running": ("ok", _("Running")),
    "Succeeded": ("off", _("Succeeded")),
    "Pending": ("wait", _("Pending")),
    "Failed": ("bad", _("Failed")),
    "Unknown": ("wait", _("Unknown")),
}
OUTCOME: dict[str, Look] = {"accepted": ("ok", _("Accepted")), "denied": ("bad", _("Denied"))}
CLUSTER: dict[str, Look] = {
    "answers": ("ok", _("Answers")),
    "silent": ("bad", _("Does not answer")),
    "stale": ("wait", _("Data is stale")),
    "unknown": ("off", _("Never seen")),
}
NODE: dict[str, Look] = {"ready": ("ok", _("Ready")), "not_ready": ("bad", _("Not ready")), "cordoned": ("wait", _("Cordoned"))}
DRIFT: dict[str, Look] = {"open": ("wait", _("Being repaired")), "repaired": ("ok", _("Repaired"))}
CHANGE: dict[str, Look] = {"pending": ("run", _("Being carried out")), "done": ("ok", _("Done")), "failed": ("bad", _("Refused"))}
TABLES = {
    "request": REQUEST,
    "object": OBJECT,
    "verdict": VERDICT,
    "namespace": NAMESPACE,
    "pod": POD,
    "outcome": OUTCOME,
    "cluster": CLUSTER,
    "node": NODE,
    "drift": DRIFT,
    "change": CHANGE,
}
# A waiting container says more than the pod's phase; these words are Kubernetes' own and stay as they are.
BAD_POD_REASONS = ("CrashLoopBackOff", "OOMKilled", "Error", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "Evicted")


CONTAINER: dict[str, Look] = {
    "": ("off", _("Not yet")),
    "waiting": ("wait", _("Waiting")),
    "running": ("ok", _("Running")),
    "ended": ("off", _("Ended")),
}


@register.simple_tag
def container_badge(container: dict[str, Any]) -> SafeString:
    """The badge of a container (an entry of kube.container_states): its reason where there is one, else its state."""
    state, reason = str(container.get("state") or ""), str(container.get("reason") or "")
    tone, text = CONTAINER.get(state, ("off", state))
    failed = reason in BAD_POD_REASONS or bool(container.get("exit_code"))
    return format_html('<span class="st {}">{}</span>', "bad" if failed else tone, reason or text)


@register.simple_tag
def badge(kind: str, state: str, word: str = "") -> SafeString:
    """The badge of `state` among the states of `kind`; `word` replaces its text."""
    tone, text = TABLES[kind].get(state, ("off", state))
    return format_html('<span class="st {}">{}</span>', tone, word or text)


@register.simple_tag
def request_badge(request_row: object) -> SafeString:
    """The badge of a request: what became of it once it is approved, else its state."""
    state = str(getattr(request_row, "state", ""))
    if state == "approved":
        state = str(getattr(request_row, "outcome", "")) or state
    elif state == "pending" and getattr(request_row, "changes_wanted", False):
        state = "changes"
    return badge("request", state)


@register.simple_tag
def pod_badge(pod: object) -> SafeString:
    """The badge of a pod: its reason where there is one, else its phase."""
    phase, reason = str(getattr(pod, "phase", "")), str(getattr(pod, "reason", ""))
    tone, text = POD.get(phase, ("off", phase))
    if reason and reason != phase:
        return format_html('<span class="st {}">{}</span>', "bad" if reason in BAD_POD_REASONS else tone, reason)
    return format_html('<span class="st {}">{}</span>', tone, text)
