"""Tells open pages that a request changed, after the transaction commits."""

from approvals.models import Request
from streams.publish import publish_batch

EVERY_TEAM = "requests"


def topic_of(request: Request) -> str:
    """The stream's topic of one request."""
    return f"request.{request.pk}"


def team_topic(team_id: int) -> str:
    """The stream's topic of everything that one team asks for."""
    return f"requests.team.{team_id}"


def announce(request: Request, event: str) -> None:
    """Publishes `event` (state, plan, timeline) with what a script needs to know."""
    data = {"id": request.pk, "state": request.state, "outcome": request.outcome, "version": request.version}
    publish_batch((topic, event, data) for topic in (topic_of(request), EVERY_TEAM, team_topic(request.team_id)))
