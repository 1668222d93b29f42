"""How a cluster serves models, as deployments need to know it: above all, how it can split requests between two revisions."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clusters.models import Cluster
from clusters.serving import ClusterServing
from clusters.serving import serving_of as known_serving
from deployments.manifests.facts import Serving, Splitting


@dataclass(frozen=True)
class Offer:
    """`serving` is what manifests are made for; `no_splitting` says in plain words why a candidate is not possible, if it is not."""

    installed: bool
    serving: Serving
    uri_prefixes: tuple[str, ...] = ()
    no_splitting: str = ""


def offer_of(cluster: Cluster) -> Offer:
    """What the cluster was last found to have, with the administrator's overrides."""
    known = known_serving(cluster)
    splitting, why = _splitting(known)
    if not known.installed:
        why = _("it has no KServe.")
    serving = Serving(
        mode="Knative" if known.mode == "Knative" else "Standard",
        spelling=known.spelling or "Standard",
        splitting=splitting,
        stops=known.stops is not False,
        kinds=frozenset(known.kinds),
        gateway=known.gateway,
        ingress_class=known.ingress_class,
        domain=known.domain or "example.com",
        initializer=known.initializer,
    )
    return Offer(known.installed, serving, tuple(known.uri_prefixes), why)


def _splitting(known: ClusterServing) -> tuple[Splitting, str]:
    """KServe's own ways first: they know when a candidate is ready. Without KServe the ways of the one that was there."""
    if known.mode == "Knative":
        return "percent", ""
    if known.canary:
        return "canary", ""
    if "HTTPRoute" in known.kinds and known.gateway:
        return "httproute", ""
    if "Ingress" in known.kinds and known.ingress_class.endswith("nginx"):
        return "ingress", ""
    return "", _("its KServe knows no canaries, and there is neither a Gateway nor an nginx Ingress to give requests weights.")
