"""The controllers of Jobs and CronJobs."""

from diagnosis.messages.fact import Fact, Shape, first

_SHAPES = (
    Shape("job-gave-up", r"[Jj]ob has reached the specified backoff limit"),
    Shape("deadline", r"Job was active longer than specified deadline"),
)


def read(reason: str, message: str) -> list[Fact]:
    """Why a job is not tried again."""
    return first(_SHAPES, reason, message)
