"""Nobody grants more than they hold: the check on writes of roles and bindings."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from sandbox.access.rbac import Attributes, Rbac, Rule, covers
from sandbox.access.users import User
from sandbox.kinds.errors import StatusError, forbidden, not_found
from sandbox.kinds.table import Kind, kind_named

GROUP = "rbac.authorization.k8s.io"


def check_grant(rbac: Rbac, user: User, kind: Kind, value: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Raise 403 if the write of a role or a binding would grant what the user does not hold."""
    if user.is_master or kind.group != GROUP:
        return
    namespace, name = value["metadata"].get("namespace", ""), value["metadata"].get("name", "")
    if kind.built_in in ("Role", "ClusterRole"):
        if before is not None and before.get("rules") == value.get("rules"):
            return
        allowed = Attributes("escalate", GROUP, kind.plural, namespace=namespace, name=name)
        granted = value.get("rules") or []
    else:
        if before is not None and before.get("subjects") == value.get("subjects"):
            return
        allowed, granted = _binding_grant(rbac, value["roleRef"], namespace)
    if not rbac.allows(user, allowed):
        _refuse_missing(rbac, user, kind, name, namespace, granted)


def _binding_grant(rbac: Rbac, reference: dict[str, str], namespace: str) -> tuple[Attributes, list[Rule]]:
    role_kind = kind_named(reference["kind"])
    allowed = Attributes("bind", GROUP, role_kind.plural, namespace=namespace, name=reference["name"])
    return allowed, rbac.role_rules(reference, namespace) or []


def check_role_exists(rbac: Rbac, user: User, kind: Kind, value: dict[str, Any]) -> None:
    """Raise 404 if a binding names a role that is not there, unless the user may bind it blindly."""
    if not kind.name.endswith("Binding") or kind.group != GROUP or user.is_master:
        return
    reference, namespace = value["roleRef"], value["metadata"].get("namespace", "")
    allowed, _ = _binding_grant(rbac, reference, namespace)
    if rbac.role_rules(reference, namespace) is None and not rbac.allows(user, allowed):
        raise not_found(kind_named(reference["kind"]), reference["name"])


def _refuse_missing(rbac: Rbac, user: User, kind: Kind, name: str, namespace: str, granted: Iterable[Rule]) -> None:
    held = list(rbac.rules(user, namespace))
    missing = [piece for rule in granted for piece in _pieces(rule) if not any(_holds(own, piece) for own in held)]
    if missing:
        raise _refusal(kind, name, user, missing)


def _refusal(kind: Kind, name: str, user: User, missing: list[Rule]) -> StatusError:
    groups = " ".join(f'"{group}"' for group in user.groups)
    listed = "\n".join(_shown(piece) for piece in missing)
    return forbidden(
        kind, name, f'user "{user.name}" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n{listed}'
    )


def _pieces(rule: Rule) -> list[Rule]:
    """A rule taken apart into ones of a single verb, group, resource and name."""
    verbs = rule.get("verbs") or []
    if rule.get("nonResourceURLs"):
        return [{"nonResourceURLs": [url], "verbs": [verb]} for url, verb in product(rule["nonResourceURLs"], verbs)]
    names = [[name] for name in rule.get("resourceNames") or []] or [[]]
    combinations = product(rule.get("apiGroups") or [], rule.get("resources") or [], names, verbs)
    return [
        {"apiGroups": [group], "resources": [resource], "resourceNames": name, "verbs": [verb]}
        for group, resource, name, verb in combinations
    ]


def _holds(own: Rule, piece: Rule) -> bool:
    if "nonResourceURLs" in piece:
        return covers(own, Attributes(piece["verbs"][0], path=piece["nonResourceURLs"][0]))
    resource, _, subresource = piece["resources"][0].partition("/")
    name = piece["resourceNames"][0] if piece["resourceNames"] else ""
    return covers(own, Attributes(piece["verbs"][0], piece["apiGroups"][0], resource, subresource, name=name))


def _shown(piece: Rule) -> str:
    parts = (
        ("APIGroups", "apiGroups"),
        ("Resources", "resources"),
        ("ResourceNames", "resourceNames"),
        ("NonResourceURLs", "nonResourceURLs"),
    )
    texts = [f'{shown}:["{piece[key][0]}"]' for shown, key in parts if piece.get(key)]
    return "{" + ", ".join([*texts, f'Verbs:["{piece["verbs"][0]}"]']) + "}"
