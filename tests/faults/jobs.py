"""What a process of the crew can be told to do: the same calls that a Celery task, an endpoint and a publisher make."""

import time
from typing import Any

from rest_framework.test import APIClient

from accounts.models import User
from approvals.actions import approve_request
from approvals.models import Request
from reconcile.engine import reconcile as attempt
from reconcile.wake import wake_now


def reconcile(kind: str, pk: int) -> str | None:
    """One attempt, as the task makes it; what became of it."""
    outcome = attempt(kind, pk)
    return outcome.state if outcome else None


def approve(request: int, approver: str) -> None:
    """One decision, as the endpoint makes it."""
    row = Request.objects.get(pk=request)
    approve_request(actor=User.objects.get(username=approver), request=row, seen_version=row.version, confirmed=True)


def approve_by_rest(request: int, token: str) -> dict[str, Any]:
    """The status of the answer, and how many seconds it took."""
    client = APIClient(HTTP_HOST="localhost")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    path = f"/api/v1/requests/{request}/"
    # A process that has answered before has everything imported.
    client.get(path)
    began = time.monotonic()
    answer = client.post(f"{path}approve/", {"version": 1, "reason": "", "confirmed": True}, format="json")
    return {"status": answer.status_code, "seconds": time.monotonic() - began}


def wake(kind: str, pk: int, times: int) -> int:
    """Publishes the same message again and again; how many went out."""
    return sum(wake_now(kind, pk) for _ in range(times))
