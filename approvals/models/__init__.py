"""The models of approvals/, one noun per file."""

from approvals.models.plan import Plan
from approvals.models.request import Request
from approvals.models.timeline import TimelineEntry

__all__ = ["Plan", "Request", "TimelineEntry"]
