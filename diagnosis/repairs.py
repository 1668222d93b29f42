"""Solutions that apps above offer where they can: a form that is filled in, a request. This package knows nothing of theirs."""

from collections.abc import Callable, Iterable

from accounts.models import User
from diagnosis.case import Case
from diagnosis.explanation import Solution
from diagnosis.messages import Fact

Offer = Callable[[Fact, Case, User], Iterable[Solution]]
# Called with each fact that is explained to a person; what it offers stands before the solutions that hold for everybody.
offers: list[Offer] = []


def offered(fact: Fact, case: Case, user: User | None) -> tuple[Solution, ...]:
    """Everything that is offered to this person; nothing to nobody."""
    return tuple(solution for offer in offers for solution in offer(fact, case, user)) if user else ()
