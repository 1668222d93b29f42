"""The cluster's word on what somebody is writing: that of the plan, asked while the form stands open, so bounded in time and in number."""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.core.cache import caches
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from deployments.checks import Finding
from deployments.checks.subject import Subject
from deployments.policies import may_deploy
from deployments.verdicts import verdicts
from kube.deadline import Deadline
from kube.errors import KubeError

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 1.5
# The same input, such as a form that is sent after it was looked at, is not asked again; nor is a cluster that has just kept silent.
REMEMBERED_SECONDS = 5
AT_ONCE = 4
_slots = BoundedSemaphore(AT_ONCE)


def cluster_word(user: User, subject: Subject) -> list[Finding] | None:
    """What the cluster would refuse of it; None when it was not asked: it is away, slow or busy, or the person may not deploy there."""
    cluster = subject.namespace.cluster
    if not may_deploy(user, subject.namespace) or cluster.breaker_opened_at or cluster.stale_since:
        return None
    memory, key, silent = caches["local"], _key(subject), f"cluster-silent:{cluster.pk}"
    if (known := memory.get(key)) is not None:
        return [Finding(*parts) for parts in known]
    if memory.get(silent):
        return None
    with _slot() as free:
        found = _asked(subject) if free else None
    if found is not None:
        memory.set(key, [(each.code, each.level, each.message) for each in found], REMEMBERED_SECONDS)
    elif free:
        memory.set(silent, True, REMEMBERED_SECONDS)
    return found


def _asked(subject: Subject) -> list[Finding] | None:
    try:
        told = verdicts(subject.namespace, subject.wish, lambda: Deadline(PATIENCE_SECONDS))
    except KubeError as error:
        logger.info("%s was not asked for a preview: %s", subject.namespace.cluster, error)
        return None
    if all(each["verdict"] == "unavailable" for each in told):
        return None
    refused = [each for each in told if each["verdict"] in ("refused", "conflict")]
    words = _("%(cluster)s would refuse %(kind)s %(name)s: %(why)s")
    return [
        Finding("cluster_refuses", "blocks", words % {"cluster": subject.namespace.cluster, **each["ref"], "why": each["message"]})
        for each in refused
    ]


@contextmanager
def _slot() -> Iterator[bool]:
    """Whether one of the few threads that may wait for a cluster is free."""
    free = _slots.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            _slots.release()


def _key(subject: Subject) -> str:
    """Of what the answer depends on, in the reader's language."""
    standing = subject.standing
    serves = (standing.pk, standing.generation) if standing else None
    told = json.dumps([subject.namespace.pk, subject.wish.dump(), serves, get_language()], sort_keys=True)
    return f"cluster-word:{hashlib.sha256(told.encode()).hexdigest()}"
