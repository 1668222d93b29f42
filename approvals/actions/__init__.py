"""Every mutation of a request, one function each."""

from approvals.actions.asking import open_request, revise_request, withdraw_request
from approvals.actions.deciding import approve_request, ask_for_changes, reject_request
from approvals.actions.outcome import mark_attempt, mark_outcome
from approvals.actions.talking import comment_on_request, refresh_plan

__all__ = [
    "approve_request",
    "ask_for_changes",
    "comment_on_request",
    "mark_attempt",
    "mark_outcome",
    "open_request",
    "refresh_plan",
    "reject_request",
    "revise_request",
    "withdraw_request",
]
