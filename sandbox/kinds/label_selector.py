"""Checks of label selectors in objects."""

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.names import check_labels, is_label_value, is_qualified
from sandbox.kinds.rules import Object

NEED_VALUES, TAKE_NONE, COMPARE = ("In", "NotIn"), ("Exists", "DoesNotExist"), ("Gt", "Lt")


def check_label_selector(selector: Object | None, field: str) -> list[Cause]:
    """Everything wrong with a selector."""
    causes = check_labels((selector or {}).get("matchLabels") or {}, f"{field}.matchLabels")
    for index, requirement in enumerate((selector or {}).get("matchExpressions") or []):
        where = f"{field}.matchExpressions[{index}]"
        causes += check_requirement(requirement, where) + _values(requirement, where)
    return causes


def check_requirement(requirement: Object, field: str, *, compares: bool = False) -> list[Cause]:
    """Everything wrong with one but its values; `compares`: numbers may be asked to be above or below another."""
    operator, values, key = requirement.get("operator", ""), requirement.get("values") or [], requirement.get("key", "")
    causes = []
    if operator in NEED_VALUES and not values:
        causes = [required(f"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'")]
    elif operator in TAKE_NONE and values:
        why = "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
        causes = [Cause(f"{field}.values", why, "FieldValueForbidden")]
    elif compares and operator in COMPARE and len(values) != 1:
        causes = [required(f"{field}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    elif operator not in (*NEED_VALUES, *TAKE_NONE, *(COMPARE if compares else ())):
        causes = [bad_value(f"{field}.operator", operator, "not a valid selector operator")]
    return [*causes, *[bad_value(f"{field}.key", key, why) for why in is_qualified(key)]]


def _values(requirement: Object, field: str) -> list[Cause]:
    values = requirement.get("values") or []
    return [bad_value(f"{field}.values[{at}]", each, why) for at, each in enumerate(values) for why in is_label_value(each)]
