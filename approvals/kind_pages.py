"""What the request page must know of a kind of request. Apps above register theirs; approvals' views only ask them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise

from accounts.models import User
from approvals.models import Request


class Amount(NamedTuple):
    """A word and a number of it, in the unit of `key`."""

    label: "str | Promise"
    key: str
    value: int


@dataclass
class Change:
    """One line of "what changes": amounts in the unit of `key` ("cpu", "gpu:..."), a "date", or words ("text").

    `field` is where an approver edits it.
    """

    label: "str | Promise"
    key: str
    stands: Any
    asked: Any
    decided: Any = None
    note: str = ""
    field: forms.BoundField | None = None

    @property
    def difference(self) -> int:
        """Asked minus what stands; 0 where it is no number."""
        return self.asked - (self.stands or 0) if isinstance(self.asked, int) else 0

    @property
    def was_changed(self) -> bool:
        """Whether the decision differs from what was asked."""
        return self.decided is not None and self.decided != self.asked


@dataclass
class Steps:
    """What became of an approved request, object by object (inventory entries), and the row that it became.

    `ended`: something else is wanted by now, so nobody goes on applying it.
    """

    objects: list[dict[str, Any]] = field(default_factory=list)
    name: str = ""
    url: str = ""
    retry_url: str = ""
    topic: str = ""
    ended: bool = False

    @property
    def confirmed(self) -> int:
        """How many objects the cluster has confirmed."""
        return sum(entry["state"] in ("created", "changed", "unchanged") for entry in self.objects)


class KindPage:
    """The pages' side of a request kind."""

    name: str

    def form(self, request: Request, data: Any = None) -> forms.Form:
        """The numbers that an approver may change, filled with what was asked."""
        raise TypeError(f"{self.name} has no form")

    def wanted(self, form: forms.Form) -> dict[str, Any]:
        """The snapshot that a valid form stands for."""
        raise TypeError(f"{self.name} has no form")

    def changes(self, request: Request, form: forms.Form | None) -> list[Change]:
        """The lines of "what changes", with the form's fields where there is one."""
        raise TypeError(f"{self.name} does not tell what changes")

    def reasons(self, request: Request) -> list[str]:
        """Why it needs a decision, where that is not plain from its kind."""
        return []

    def outlook(self, request: Request, form: forms.Form | None) -> list[Any]:
        """What a yes would leave, account by account; a row with a `template` is shown by that."""
        raise TypeError(f"{self.name} does not tell what a yes would leave")

    def steps(self, request: Request, user: User) -> Steps:
        """What became of it."""
        raise TypeError(f"{self.name} does not tell its steps")

    def revise_url(self, request: Request) -> str:
        """Where the requester changes what was asked; empty where that is not possible."""
        return ""

    def where(self, request: Request) -> str:
        """The cluster's name, for headings."""
        return ""

    def summaries(self, requests: list[Request]) -> dict[int, list[Amount]]:
        """For lists: what each request asks for in a few amounts, by its primary key."""
        return {}


_pages: dict[str, KindPage] = {}


def register_page(page: KindPage) -> None:
    """Adds the pages of a kind; once per name."""
    _pages[page.name] = page


def kind_page(name: str) -> KindPage:
    """The pages of a kind. Raises KeyError for an unknown one."""
    return _pages[name]


def summaries(requests: Iterable[Request]) -> dict[int, list[Amount]]:
    """What each of these requests, of whatever kinds, asks for."""
    rows = sorted(requests, key=lambda row: row.kind)
    found: dict[int, list[Amount]] = {}
    for kind, members in groupby(rows, key=lambda row: row.kind):
        found |= kind_page(kind).summaries(list(members))
    return found
