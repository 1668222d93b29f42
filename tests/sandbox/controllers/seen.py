"""What the tests of this folder look for: paths, events, conditions, pods by their labels."""

from typing import Any

from tests.contract.client import Answer, Api

Object = dict[str, Any]
NOTE = "sandbox.slipway.dev/"


def pods_of(api: Api, space: str, selector: str) -> list[Object]:
    """Pods by labels, without those that are on their way out."""
    items = api.get(f"/api/v1/namespaces/{space}/pods", labelSelector=selector).body["items"]
    return [item for item in items if "deletionTimestamp" not in item["metadata"]]


def events_of(api: Api, space: str, name: str) -> list[tuple[str, str]]:
    """Reasons and messages of the events about an object of this name."""
    items = api.get(f"/api/v1/namespaces/{space}/events", fieldSelector=f"involvedObject.name={name}").body["items"]
    return [(item["reason"], item["message"]) for item in items]


def condition(answer: Answer, kind: str) -> Object:
    """One condition of an object's status; empty while it is not there."""
    conditions = (answer.body.get("status") or {}).get("conditions") or []
    return next((each for each in conditions if each["type"] == kind), {})


def status(answer: Answer, *names: str) -> tuple[Any, ...]:
    """Some values of a status; a count that is not there is 0."""
    return tuple((answer.body.get("status") or {}).get(name, 0) for name in names)


def apps(space: str, plural: str, name: str = "") -> str:
    """A path in apps/v1."""
    return f"/apis/apps/v1/namespaces/{space}/{plural}" + (f"/{name}" if name else "")


def batch(space: str, plural: str, name: str = "") -> str:
    """A path in batch/v1."""
    return f"/apis/batch/v1/namespaces/{space}/{plural}" + (f"/{name}" if name else "")
