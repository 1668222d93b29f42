"""Tables of ConfigMaps, Secrets, ServiceAccounts, bindings, quotas, leases and priorities."""

from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import age
from sandbox.api.tables.columns import Printer, columns
from sandbox.kinds.rules import Object


def _name(value: Object) -> str:
    return str(value["metadata"]["name"])


def _config_map(value: Object, now: datetime) -> list[Any]:
    return [_name(value), len(value.get("data") or {}) + len(value.get("binaryData") or {}), age(value, now)]


def _secret(value: Object, now: datetime) -> list[Any]:
    return [_name(value), value.get("type", ""), len(value.get("data") or {}), age(value, now)]


def _account(value: Object, now: datetime) -> list[Any]:
    return [_name(value), len(value.get("secrets") or []), age(value, now)]


def _binding(value: Object, now: datetime) -> list[Any]:
    subjects = value.get("subjects") or []
    users, groups = (", ".join(each["name"] for each in subjects if each["kind"] == kind) for kind in ("User", "Group"))
    accounts = ", ".join(f"{each.get('namespace', '')}/{each['name']}" for each in subjects if each["kind"] == "ServiceAccount")
    return [_name(value), f"{value['roleRef']['kind']}/{value['roleRef']['name']}", age(value, now), users, groups, accounts]


def _quota(value: Object, now: datetime) -> list[Any]:
    status = value.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    texts = [(name.startswith("limits."), f"{name}: {used.get(name, '0')}/{hard[name]}") for name in sorted(hard)]
    requests, limits = (", ".join(text for is_limit, text in texts if is_limit == wanted) for wanted in (False, True))
    return [_name(value), requests, limits, age(value, now)]


def _lease(value: Object, now: datetime) -> list[Any]:
    return [_name(value), (value.get("spec") or {}).get("holderIdentity", ""), age(value, now)]


def _priority(value: Object, now: datetime) -> list[Any]:
    policy = value.get("preemptionPolicy", "PreemptLowerPriority")
    return [_name(value), value["value"], value.get("globalDefault", False), age(value, now), policy]


CONFIG_MAP = Printer(columns("Name, Data, Age"), _config_map)
SECRET = Printer(columns("Name, Type, Data, Age"), _secret)
SERVICE_ACCOUNT = Printer(columns("Name, Secrets, Age"), _account)
BINDING = Printer(columns("Name, Role, Age, Users+, Groups+, ServiceAccounts+"), _binding)
QUOTA = Printer(columns("Name, Request, Limit, Age"), _quota)
LEASE = Printer(columns("Name, Holder, Age"), _lease)
PRIORITY_CLASS = Printer(columns("Name, Value:integer, Global-Default:boolean, Age, PreemptionPolicy"), _priority)
