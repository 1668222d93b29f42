"""Every mutation of a namespace, one function each."""

from tenants.actions.ask import request_namespace, revise_namespace_request
from tenants.actions.create import create_namespace
from tenants.actions.delete import delete_namespace, note_removed
from tenants.actions.grants import end_due_grants
from tenants.actions.refresh import refresh_team, retry_namespace

__all__ = [
    "create_namespace",
    "delete_namespace",
    "end_due_grants",
    "note_removed",
    "refresh_team",
    "request_namespace",
    "retry_namespace",
    "revise_namespace_request",
]
