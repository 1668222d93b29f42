"""One prediction: asked by permission, within limits, by the first way that is open; no database connection is held meanwhile."""

from dataclasses import dataclass

from django.db import connection as database
from django.utils.translation import gettext as _

from accounts.models import User
from clusters.connections import connection
from deployments.spec import Protocol
from deployments.trying import direct
from deployments.trying.errors import TryError
from deployments.trying.limits import LARGEST_ANSWER, LARGEST_QUESTION, SECONDS, count_one, slots
from deployments.trying.protocols import path_of
from deployments.trying.served import Served, served_of, tried_by
from deployments.trying.ways import Direct, Proxied, note_unreachable, ways_to
from kube.errors import ApiError, KubeError
from kube.proxy import AnswerTooLarge, ProxyTimeout, Reply, service_call

HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "slipway"}
REVISION = "x-served-revision"
WAKING_SECONDS = 10


@dataclass(frozen=True)
class Asked:
    """What the model answered: its own status and body. `revision` is the number of the one that did, None when that is not told."""

    status: int
    body: bytes
    is_json: bool
    revision: int | None


def open_trial(user: User, pk: int, body: bytes, protocol: Protocol | None = None) -> Asked:
    """Asks deployment `pk`; in the protocol of its own where none is given.

    Raises Http404, PermissionDenied, and TryError for everything that keeps the model from answering.
    """
    deployment = tried_by(user, pk)
    count_one(user.pk)
    if len(body) > LARGEST_QUESTION:
        raise TryError(413, "body_too_large", _("A question may have at most 1 MiB here."))
    served = served_of(deployment)
    with slots.held(user.pk):
        return _answer(served, body, protocol or _own_protocol(served))


def _own_protocol(served: Served) -> Protocol:
    assert served.deployment.revision is not None  # noqa: S101 - one without does not serve
    return served.deployment.revision.spec.protocol


def _answer(served: Served, body: bytes, protocol: Protocol) -> Asked:
    path, why = path_of(protocol, served.deployment.name), ""
    for way in ways_to(served):
        try:
            reply = _by(way, served, path, body)
        except direct.NotConnected:
            note_unreachable(served)
        except ApiError as error:
            why = error.message
            if error.status not in (403, 404, 502, 503):
                break
        else:
            return _asked(served, way, reply)
    raise TryError(502, "unreachable", why or _("The portal does not reach it: neither its address nor its Service answers."))


def _by(way: Direct | Proxied, served: Served, path: str, body: bytes) -> Reply:
    try:
        if isinstance(way, Direct):
            _release_database()
            return direct.post(way.url.rstrip("/") + path, body, HEADERS, seconds=SECONDS, cap=LARGEST_ANSWER)
        if served.cluster.breaker_opened_at:
            raise TryError(503, "cluster_unreachable", _("The cluster does not answer at present."), wait=5)
        api = connection(served.cluster)
        _release_database()
        asked = {"body": body, "headers": HEADERS, "timeout": SECONDS, "cap": LARGEST_ANSWER}
        return service_call(api, way.namespace, way.service, way.port, "POST", way.prefix + path, **asked)
    except ProxyTimeout as error:
        raise _too_late(served) from error
    except AnswerTooLarge as error:
        raise TryError(502, "answer_too_large", _("Its answer is longer than 4 MiB.")) from error
    except direct.BrokenOff as error:
        raise TryError(502, "broken_off", _("It broke off before its answer was complete.")) from error
    except ApiError:
        raise
    except KubeError as error:
        raise TryError(503, "cluster_unreachable", _("The cluster does not answer at present."), wait=5) from error


def _too_late(served: Served) -> TryError:
    seconds = {"seconds": int(SECONDS)}
    if not served.is_asleep():
        return TryError(504, "timeout", _("It did not answer within %(seconds)s s.") % seconds)
    message = _("It was scaled to zero. This request has woken it, but no pod of it was ready within %(seconds)s s: ask again in a moment.")
    return TryError(503, "waking", message % seconds, wait=WAKING_SECONDS)


def _release_database() -> None:
    """A pool of a dozen connections must not wait for models; a database file has as many as there are threads."""
    if not database.in_atomic_block:
        database.close_if_unusable_or_obsolete()


def _asked(served: Served, way: Direct | Proxied, reply: Reply) -> Asked:
    if 300 <= reply.status < 400:
        raise TryError(502, "redirected", _("It answered with a redirect, which is not followed."))
    name = (isinstance(way, Proxied) and way.workload) or reply.headers.get(REVISION, "")
    is_json = reply.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
    return Asked(reply.status, reply.body, is_json, served.revision_behind(name))
