"""The rules of a ClusterRole that gathers those of others: a pure function for the server and for the controller."""

from collections.abc import Iterable
from typing import Any

from sandbox.selectors.labels import selects

Role = dict[str, Any]


def aggregated_rules(role: Role, roles: Iterable[Role]) -> list[dict[str, Any]]:
    """The rules of every other role that one of the selectors chooses, by name, each rule once."""
    own, rules = role["metadata"]["name"], []
    others = sorted((each for each in roles if each["metadata"]["name"] != own), key=lambda each: str(each["metadata"]["name"]))
    for selector in (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or []:
        for other in others:
            if selects(selector, other["metadata"].get("labels") or {}):
                rules += [rule for rule in other.get("rules") or [] if rule not in rules]
    return rules
