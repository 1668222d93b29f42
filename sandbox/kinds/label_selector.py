"""Checks of label selectors in objects."""

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.names import check_labels, is_label_value, is_qualified
from sandbox.kinds.rules import Object

NEED_VALUES, TAKE_NONE = ("In", "NotIn"), ("Exists", "DoesNotExist")


def check_label_selector(selector: Object | None, field: str) -> list[Cause]:
    """Everything wrong with a selector."""
    causes = check_labels((selector or {}).get("matchLabels") or {}, f"{field}.matchLabels")
    for index, requirement in enumerate((selector or {}).get("matchExpressions") or []):
        causes += _requirement(requirement, f"{field}.matchExpressions[{index}]")
    return causes


def _requirement(requirement: Object, field: str) -> list[Cause]:
    operator, values, key = requirement.get("operator", ""), requirement.get("values") or [], requirement.get("key", "")
    causes = []
    if operator in NEED_VALUES and not values:
        causes = [required(f"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'")]
    elif operator in TAKE_NONE and values:
        why = "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
        causes = [Cause(f"{field}.values", why, "FieldValueForbidden")]
    elif operator not in (*NEED_VALUES, *TAKE_NONE):
        causes = [bad_value(f"{field}.operator", operator, "not a valid selector operator")]
    causes += [bad_value(f"{field}.key", key, why) for why in is_qualified(key)]
    return [*causes, *[bad_value(f"{field}.values[{at}]", each, why) for at, each in enumerate(values) for why in is_label_value(each)]]
