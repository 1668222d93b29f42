"""Reads the access table: for each route and method, the cell of each role and the tables that a success changes."""

from typing import NamedTuple

from tests.security.access_table import ADMIN, ADMIN_MODELS, API, PAGES


class Expected(NamedTuple):
    """`cells` by role."""

    cells: dict[str, str]
    changes: frozenset[str]


OTHERS = ("anon", "owner", "approver", "auditor", "owner:rw")
Table = dict[tuple[str, str], Expected]


def table() -> Table:
    """All sections as one."""
    return {**_read(PAGES), **_read(API), **_read(ADMIN), **_of_models()}


def _read(text: str) -> Table:
    head, *lines = [line.split() for line in text.strip().splitlines()]
    roles = head[2:-1]
    return {(line[0], line[1]): Expected(dict(zip(roles, line[2:-1], strict=True)), _names(line[-1])) for line in lines}


def _names(cell: str) -> frozenset[str]:
    return frozenset() if cell == "-" else frozenset(cell.split(","))


def _of_models() -> Table:
    _head, *lines = [line.split() for line in ADMIN_MODELS.strip().splitlines()]
    found: Table = {}
    for model, add, change, delete in lines:
        found |= _page(f"admin:{model}_changelist", "200", None)
        found |= _page(f"admin:{model}_history", "200", None)
        found |= _page(f"admin:{model}_add", "403" if add == "no" else "200", add)
        found |= _page(f"admin:{model}_change", "200", change)
        found |= _page(f"admin:{model}_delete", "403" if delete == "no" else "200", delete)
        found |= _page(f"admin/{model.replace('_', '/')}/<path:object_id>/", "302", None)
    return found


def _page(key: str, shown: str, sent: str | None) -> Table:
    """GET shows `shown` to an admin. POST changes the tables of `sent`, is a 403 where it is "no", and no method where it is None."""
    rows = {("GET", shown): frozenset[str]()}
    if sent:
        rows["POST", "403" if sent == "no" else "302"] = frozenset() if sent == "no" else _names(sent) | {"entry", "logentry"}
    return {(key, method): Expected({**dict.fromkeys(OTHERS, "login"), "admin": cell}, what) for (method, cell), what in rows.items()}
