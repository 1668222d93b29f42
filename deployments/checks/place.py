"""Whether the namespace and the name can take the deployment."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deployments.checks.finding import Finding
from deployments.checks.subject import Subject
from deployments.names import validate_deployment_name


def check(subject: Subject) -> Iterator[Finding]:
    """Name free and well formed, namespace standing, serving installed."""
    try:
        validate_deployment_name(subject.wish.name)
    except ValidationError as error:
        yield Finding("name", "wrong", error.messages[0], field="name")
    namespace = subject.namespace
    if namespace.deletion_requested_at:
        yield Finding("deleting", "wrong", _("%(name)s is being deleted.") % {"name": namespace.name}, field="namespace")
    if subject.standing and subject.standing.deletion_requested_at:
        message = _("A deployment of this name is being deleted. Wait until it is gone, or choose another name.")
        yield Finding("name_going", "wrong", message, field="name")
    if not subject.offer.installed:
        message = _("%(cluster)s has no KServe. The deployment waits until an administrator has installed it.")
        yield Finding("no_serving", "blocks", message % {"cluster": namespace.cluster})
