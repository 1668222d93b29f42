"""Which names a namespace may have."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

RESERVED = frozenset(
    {
        "default",
        "argocd",
        "cert-manager",
        "gpu-operator",
        "ingress-nginx",
        "kserve",
        "kubeflow",
        "kueue-system",
        "local-path-storage",
        "monitoring",
        "nvidia-gpu-operator",
        "prometheus",
    }
)
RESERVED_PREFIXES = (
    "kube-",
    "openshift-",
    "slipway-",
    "istio-",
    "knative-",
    "cattle-",
    "rancher-",
    "gke-",
    "aks-",
    "eks-",
    "calico-",
    "cilium-",
)
SHAPE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII)


def validate_namespace_name(name: str) -> None:
    """Raises ValidationError, with what to do, for a name that is no DNS-1123 label or that the platform keeps for itself."""
    if len(name) > 63:
        raise ValidationError(_("This name has %(length)s characters; use at most 63.") % {"length": len(name)}, code="too_long")
    if not SHAPE.fullmatch(name):
        raise ValidationError(
            _("Use lowercase letters a-z, digits and hyphens, beginning and ending with a letter or digit, such as vision-prod."),
            code="malformed",
        )
    if name in RESERVED or name.startswith(RESERVED_PREFIXES) or name.endswith("-system"):
        raise ValidationError(
            _("“%(name)s” is reserved for the platform. Begin with your team's name, such as %(hint)s.")
            % {"name": name, "hint": "vision-prod"},
            code="reserved",
        )
