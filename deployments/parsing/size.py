"""What one replica gets: CPU, memory, whole cards."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Team
from clusters.models import Cluster, GpuFlavor
from deployments.parsing.problems import Problems
from deployments.spec import Size
from kube.quantities import QuantityError, count_of, format_bytes, format_cpu
from tenants.parsing import parse_resources


def parse_size(problems: Problems, written: Mapping[str, Any], cluster: Cluster, team: Team) -> Size:
    """A limit that is not written is the request. Part of a card is answered with the shared flavors that `team` may use."""
    cpu = problems.read("cpu_request", written.get("cpu_request"), _cpu, 0)
    memory = problems.read("memory_request", written.get("memory_request"), _bytes, 0)
    return Size(
        cpu_request=cpu,
        cpu_limit=problems.read("cpu_limit", written.get("cpu_limit"), _cpu, cpu),
        memory_request=memory,
        memory_limit=problems.read("memory_limit", written.get("memory_limit"), _bytes, memory),
        flavor=str(written.get("flavor") or "")[:60],
        gpus=problems.read("gpus", written.get("gpus"), lambda text: _cards(text, cluster, team), 0),
    )


def written_size(size: Size) -> dict[str, Any]:
    """As quantities."""
    return {
        "cpu_request": format_cpu(size.cpu_request),
        "cpu_limit": format_cpu(size.cpu_limit),
        "memory_request": format_bytes(size.memory_request),
        "memory_limit": format_bytes(size.memory_limit),
        "flavor": size.flavor,
        "gpus": str(size.gpus),
    }


def _cpu(text: str) -> int:
    return parse_resources({"cpu": text}).cpu


def _bytes(text: str) -> int:
    return parse_resources({"memory": text}).memory


def _cards(text: str, cluster: Cluster, team: Team) -> int:
    try:
        return count_of(text)
    except QuantityError as error:
        if error.code != "whole":
            return parse_resources({"gpus": {"any": text}}).gpus.get("any", 0)
        raise ValidationError(_in_place_of_a_part(cluster, team)) from None


def _in_place_of_a_part(cluster: Cluster, team: Team) -> str:
    offered = GpuFlavor.objects.filter(cluster=cluster, shared=True)
    shared = [flavor.name for flavor in offered.filter(pk__in=GpuFlavor.objects.usable_by(team))]
    if not shared and (others := ", ".join(offered.values_list("name", flat=True))):
        message = _(
            "GPUs are given whole: write 1 or 2. For a part of a card there is %(flavors)s; ask an administrator to name your team there."
        )
        return message % {"flavors": others}
    if not shared:
        return _("GPUs are given whole: write 1 or 2. %(cluster)s has no shared flavor.") % {"cluster": cluster}
    message = _("GPUs are given whole: write 1 or 2. For a part of a card, take 1 of the shared flavor %(flavors)s.")
    return message % {"flavors": ", ".join(shared)}
