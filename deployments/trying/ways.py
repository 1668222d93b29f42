"""By which ways a deployment is reached: its own address where the portal can connect to it, else the API server's proxy."""

import re
import secrets
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from clusters.serving import ClusterServing, serving_of
from deployments.trying.served import Served

# KServe's Service of a predictor, and the ingress in its own namespace.
PREDICTOR_PORT = 80
GATEWAY, GATEWAY_PORT = "kserve-ingress-gateway", "http"
FORGET_SECONDS = 30.0
FILLED_IN = re.compile(r"\{\{\s*\.(Namespace|Name|IngressDomain)\s*\}\}", re.ASCII)
# KServe's own where the configuration has none.
DOMAIN_TEMPLATE = "{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}"
PLACE = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)

_unreachable: dict[tuple[int, str], float] = {}


class Direct(NamedTuple):
    """The address that the cluster told."""

    url: str


class Proxied(NamedTuple):
    """A Service, through the API server; `prefix` is before the path of the protocol, `workload` who answers, "" if that is told."""

    namespace: str
    service: str
    port: str | int
    prefix: str = ""
    workload: str = ""


def ways_to(served: Served) -> Iterator[Direct | Proxied]:
    """The best first. Each of them leads to the same deployment, and shares hold on each."""
    serving = serving_of(served.cluster)
    path = own_path(served, serving)
    if is_own(served, serving) and not _was_unreachable(served):
        yield Direct(served.url)
    if path and urlsplit(served.url).path.rstrip("/") == path:
        yield Proxied(serving.namespace, GATEWAY, GATEWAY_PORT, path)
    side = served.sides[1 if secrets.randbelow(100) < (served.share or 0) else 0]
    if side.workload and not side.knative:
        yield Proxied(served.deployment.namespace.name, side.workload, PREDICTOR_PORT, "", side.workload)


def own_path(served: Served, serving: ClusterServing) -> str:
    """The path that KServe's configuration makes of the deployment's names; empty where it goes by hosts.

    Below any other path of the ingress another team's models may answer.
    """
    return _filled(serving.path_template, served, serving).rstrip("/")


def is_own(served: Served, serving: ClusterServing) -> bool:
    """Whether the address that was told is the one that KServe's configuration, which is the administrators', makes of the names.

    Under any other host of the domain another team's models may answer, and beyond it anything may.
    """
    path = own_path(served, serving)
    place = serving.domain if path else _filled(serving.domain_template or DOMAIN_TEMPLATE, served, serving)
    # Nothing in which two readers of an address can see two hosts, such as a backslash.
    if not serving.domain or not PLACE.fullmatch(place.lower()):
        return False
    return served.url.rstrip("/") in (f"http://{place}{path}", f"https://{place}{path}")


def _filled(template: str, served: Served, serving: ClusterServing) -> str:
    """What cannot be filled in stays, and is like no address."""
    names = {"Namespace": served.deployment.namespace.name, "Name": served.deployment.name, "IngressDomain": serving.domain}
    return FILLED_IN.sub(lambda match: names[match[1]], template)


def note_unreachable(served: Served) -> None:
    """The next ones go by another way for a while."""
    _unreachable[served.cluster.pk, urlsplit(served.url).netloc] = time.monotonic()


def _was_unreachable(served: Served) -> bool:
    at = _unreachable.get((served.cluster.pk, urlsplit(served.url).netloc))
    return at is not None and time.monotonic() - at < FORGET_SECONDS
