"""Conditions of an InferenceService: a list sorted by type, whose times change only with their status."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sandbox.client.clock import now
from sandbox.serving.names import Object

PREDICTOR, INGRESS, CANARY, READY, STOPPED = "PredictorReady", "IngressReady", "CanaryPredictorReady", "Ready", "Stopped"
# Of Knative's Revisions; one at zero is ready all the same.
ACTIVE = "Active"
ROUTES, CONFIGURATIONS = "PredictorRouteReady", "PredictorConfigurationReady"


class State(NamedTuple):
    """True, False or Unknown, and why."""

    status: str
    reason: str = ""
    message: str = ""


TRUE = State("True")


def conditions(states: Mapping[str, State], before: Sequence[Object]) -> list[Object]:
    """As the status has them."""
    return [_condition(kind, states[kind], before) for kind in sorted(states)]


def overall(states: Mapping[str, State]) -> State:
    """Ready: true if all that serving needs is true, else the first that is not. A canary that is not ready takes nothing away."""
    needed = [states[kind] for kind in (PREDICTOR, INGRESS) if kind in states]
    return next((each for each in needed if each.status == "False"), next((each for each in needed if each.status != "True"), TRUE))


def _condition(kind: str, state: State, before: Sequence[Object]) -> Object:
    old: Object = next((each for each in before if each["type"] == kind), {})
    at = old.get("lastTransitionTime") if old.get("status") == state.status else None
    words = {key: value for key, value in (("reason", state.reason), ("message", state.message)) if value}
    severity = {"severity": "Info"} if kind in (CANARY, STOPPED, ACTIVE) else {}
    return {"type": kind, "status": state.status, "lastTransitionTime": at or now(), **words, **severity}
