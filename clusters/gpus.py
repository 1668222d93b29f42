"""Which GPU flavors a node offers, from its labels and its allocatable resources; pure."""

import re
from dataclasses import dataclass, field
from typing import Any

from kube.quantities import QuantityError, count_of

NVIDIA_GPU = "nvidia.com/gpu"
PRODUCT = "nvidia.com/gpu.product"
_NATIVE = ("kubernetes.io", "k8s.io")
_MODEL = re.compile(r"(?:^|-)(rtx-(?:pro-)?a?\d{4}[a-z]*|g?[abhlptv]\d{1,4}[a-z]?|mi\d{3}[a-z]*)(?=-|$)")


@dataclass(frozen=True)
class Seen:
    """One flavor on one node: `cards` of `resource_name`, chosen by `selector`; shared ones are given to several pods at a time."""

    name: str
    long_name: str
    display_name: str
    resource_name: str
    cards: int
    selector: dict[str, str] = field(default_factory=dict)
    is_shared: bool = False

    @property
    def vendor(self) -> str:
        """The part of the resource name before the slash."""
        return self.resource_name.partition("/")[0]


def flavors_of(labels: dict[str, str], allocatable: dict[str, Any]) -> list[Seen]:
    """The flavors of a node, by resource name; resources of Kubernetes itself and zero cards are none."""
    found = [_flavor(name, labels, _cards(amount)) for name, amount in sorted(allocatable.items()) if is_device(name)]
    return [seen for seen in found if seen.cards > 0]


def is_device(resource_name: str) -> bool:
    """Whether the name is a vendor's device such as nvidia.com/gpu."""
    domain, slash, _name = resource_name.partition("/")
    return bool(slash) and "." in domain and not domain.endswith(_NATIVE)


def short_name(product: str) -> str:
    """ "NVIDIA-H100-80GB-HBM3" -> "h100"; what is not recognised keeps its whole name."""
    lowered = slug(product)
    match = _MODEL.search(lowered)
    if not match:
        return lowered
    sliced = re.search(r"-mig-.*$", lowered)
    return match.group(1) + (sliced.group(0) if sliced else "") + ("-shared" if lowered.endswith("-shared") else "")


def slug(text: str) -> str:
    """Lower case, letters, digits and hyphens, at most 60 characters."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def _flavor(resource: str, labels: dict[str, str], cards: int) -> Seen:
    product, shared = labels.get(PRODUCT, ""), _is_shared(resource, labels)
    if resource == NVIDIA_GPU and product:
        return Seen(short_name(product), slug(product), product.replace("-", " "), resource, cards, {PRODUCT: product}, shared)
    vendor, _slash, device = resource.partition("/")
    name = slug(f"{vendor.partition('.')[0]}-{device}")
    return Seen(name, name, resource, resource, cards, is_shared=shared)


def _is_shared(resource: str, labels: dict[str, str]) -> bool:
    """By what NVIDIA's device plugin and feature discovery tell: a renamed resource, or else, which is the default, labels alone."""
    strategy, product = labels.get(f"{resource}.sharing-strategy", "none"), labels.get(f"{resource}.product", "")
    return resource.endswith(".shared") or product.endswith("-SHARED") or strategy not in ("", "none")


def _cards(amount: Any) -> int:
    try:
        return count_of(str(amount))
    except QuantityError:
        return 0
