"""Everything that the manifests of one namespace are made of, read from the database once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tenants.resources import Resources


@dataclass(frozen=True)
class Facts:
    """`members` maps a role (viewer, member, owner) to user names; `gpu_resources` maps each of the cluster's flavors to its
    resource name; `identity` and `network_profile` are the cluster's."""

    name: str
    team: str
    owner: str
    claim: str
    quota: Resources
    environment: str = "development"
    members: Mapping[str, list[str]] = field(default_factory=dict)
    group: str = ""
    gpu_resources: Mapping[str, str] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    network_profile: Mapping[str, Any] = field(default_factory=dict)
