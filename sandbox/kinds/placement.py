"""Checks of where a pod may run, and for how long."""

from sandbox.kinds.errors import Cause, bad_value, quoted, required, unsupported
from sandbox.kinds.label_selector import check_requirement
from sandbox.kinds.names import check_labels, is_label, is_label_value, is_qualified, is_subdomain
from sandbox.kinds.rules import Object

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
OPERATORS = ("Equal", "Exists")
SPREADING = ("DoNotSchedule", "ScheduleAnyway")
LONGEST_SECONDS = 2**31 - 1
ANY_KEY = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'


def check_placement(spec: Object, field: str) -> list[Cause]:
    """Everything wrong with what a pod's spec asks of nodes, and with the names that it gives."""
    causes = check_labels(spec.get("nodeSelector") or {}, f"{field}.nodeSelector")
    causes += _affinity(spec.get("affinity") or {}, f"{field}.affinity")
    causes += _spread(spec.get("topologySpreadConstraints") or [], f"{field}.topologySpreadConstraints")
    for key, check in (("serviceAccountName", is_subdomain), ("nodeName", is_subdomain)):
        causes += [bad_value(f"{field}.{key}", spec[key], why) for why in (check(spec[key]) if spec.get(key) else [])]
    seconds = spec.get("activeDeadlineSeconds", 1)
    if not 0 < seconds <= LONGEST_SECONDS:
        causes.append(bad_value(f"{field}.activeDeadlineSeconds", seconds, f"must be between 1 and {LONGEST_SECONDS}, inclusive"))
    for key in ("hostname", "subdomain"):
        causes += [bad_value(f"{field}.{key}", spec[key], why) for why in (is_label(spec[key]) if spec.get(key) else [])]
    tolerations = enumerate(spec.get("tolerations") or [])
    return causes + [cause for index, each in tolerations for cause in _toleration(each, f"{field}.tolerations[{index}]")]


def _affinity(affinity: Object, field: str) -> list[Cause]:
    """What is wrong with the node affinity that the pod cannot do without, by labels."""
    where = f"{field}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    selector = (affinity.get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    if selector is None:
        return []
    terms = selector.get("nodeSelectorTerms") or []
    if not terms:
        return [required(where, "must have at least one node selector term")]
    return [
        cause
        for index, term in enumerate(terms)
        for at, requirement in enumerate(term.get("matchExpressions") or [])
        for cause in check_requirement(requirement, f"{where}[{index}].matchExpressions[{at}]", compares=True)
    ]


def _spread(constraints: list[Object], field: str) -> list[Cause]:
    causes: list[Cause] = []
    pairs = [(each.get("topologyKey", ""), each.get("whenUnsatisfiable", "")) for each in constraints]
    for index, (key, otherwise) in enumerate(pairs):
        where, skew = f"{field}[{index}]", constraints[index].get("maxSkew", 0)
        causes += [] if skew > 0 else [bad_value(f"{where}.maxSkew", skew, "must be greater than zero")]
        causes += [] if key else [required(f"{where}.topologyKey", "can not be empty")]
        causes += [] if otherwise in SPREADING else [unsupported(f"{where}.whenUnsatisfiable", otherwise, SPREADING)]
        name, again = f"{where}.{{topologyKey, whenUnsatisfiable}}", pairs[index + 1 :].count((key, otherwise))
        causes += [Cause(name, f'Duplicate value: "{{{key}, {otherwise}}}"', "FieldValueDuplicate")] * again
    return causes


def _toleration(toleration: Object, field: str) -> list[Cause]:
    key, operator, effect = (toleration.get(each, "") for each in ("key", "operator", "effect"))
    causes = [bad_value(f"{field}.key", key, why) for why in is_qualified(key)] if key else []
    if not key and operator != "Exists":
        causes.append(bad_value(f"{field}.operator", operator, ANY_KEY))
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        causes.append(bad_value(f"{field}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    causes += _tolerated(toleration, operator, f"{field}.operator")
    return causes if effect in ("", *EFFECTS) else [*causes, unsupported(f"{field}.effect", effect, EFFECTS)]


def _tolerated(toleration: Object, operator: str, field: str) -> list[Cause]:
    value = toleration.get("value", "")
    if operator not in ("", *OPERATORS):
        return [unsupported(field, operator, OPERATORS)]
    if operator == "Exists":
        return [Cause(field, f"Invalid value: {_shown(toleration)}: value must be empty when `operator` is 'Exists'")] if value else []
    return [bad_value(field, value, why) for why in is_label_value(value)]


def _shown(toleration: Object) -> str:
    """As Go shows it, but for the address of the seconds."""
    said = [f"{key.capitalize()}:{quoted(toleration.get(key, ''))}" for key in ("key", "operator", "value", "effect")]
    return f"core.Toleration{{{', '.join(said)}, TolerationSeconds:(*int64)(nil)}}"
