"""Node selectors, node affinity, taints and tolerations."""

from typing import Any

Object = dict[str, Any]
Labels = dict[str, str]
REQUIRED, PREFERRED = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"


def is_selected(pod: Object, name: str, labels: Labels) -> bool:
    """Whether the pod's nodeSelector and required affinity admit a node."""
    if any(labels.get(key) != value for key, value in (pod["spec"].get("nodeSelector") or {}).items()):
        return False
    terms = (_affinity(pod).get(REQUIRED) or {}).get("nodeSelectorTerms")
    return terms is None or any(_term(term, name, labels) for term in terms)


def preference(pod: Object, name: str, labels: Labels) -> int:
    """The weights of the preferred affinity terms that a node meets, together."""
    preferred = _affinity(pod).get(PREFERRED) or []
    return sum(each["weight"] for each in preferred if _term(each["preference"], name, labels))


def untolerated(pod: Object, taints: list[Object], *, soft: bool = False) -> list[Object]:
    """The taints that the pod does not tolerate: those that keep it away, or if `soft` those that only advise against."""
    tolerations = pod["spec"].get("tolerations") or []
    relevant = [taint for taint in taints if (taint["effect"] == "PreferNoSchedule") == soft]
    return [taint for taint in relevant if not any(_tolerates(each, taint) for each in tolerations)]


def _affinity(pod: Object) -> Object:
    found: Object = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    return found


def _term(term: Object, name: str, labels: Labels) -> bool:
    """A term without any expression matches nothing."""
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not fields:
        return False
    by_name = {"metadata.name": name}
    return all(_expression(each, labels) for each in expressions) and all(_expression(each, by_name) for each in fields)


def _expression(expression: Object, labels: Labels) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or []
    operator = expression["operator"]
    if operator in ("Gt", "Lt"):
        try:
            own, bound = int(value or ""), int(values[0])
        except ValueError:
            return False
        return own > bound if operator == "Gt" else own < bound
    return {"In": value in values, "NotIn": value not in values, "Exists": value is not None, "DoesNotExist": value is None}[operator]


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("key") not in (None, "", taint["key"]):
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("key") and toleration.get("value", "") == taint.get("value", ""))
