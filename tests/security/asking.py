"""One question of the access table, asked in a transaction that is undone: the answer and everything that it changed."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tests.security.addresses import send
from tests.security.routes import Route
from tests.security.state import changed, fresh_entries, state
from tests.security.world import World

SIGN_IN = ("/account/login/", "/admin/login/")


@dataclass
class Answer:
    """`cell` is the status, or `login` for a redirect to a sign-in page; `entries` are (outcome, action) of new audit entries."""

    cell: str
    tables: set[str]
    entries: list[tuple[str, str]]
    response: Any


def ask(world: World, route: Route, method: str, role: str, *, csrf: bool = False, **more: Any) -> Answer:
    """What `role` is answered, and what that did."""
    with transaction.atomic():
        before = world.state
        with Writes() as writes:
            response = send(world.client(role, csrf=csrf), route, method, world, **more)
        tables = changed(before, state()) if writes.seen else set()
        entries = [(entry.outcome, entry.action) for entry in fresh_entries(before)] if tables else []
        transaction.set_rollback(True)
    return Answer(cell_of(response), tables, entries, response)


class Writes:
    """Whether anything was written: to compare all tables after every question would take minutes."""

    def __init__(self) -> None:
        self.seen = False
        self._watch = connection.execute_wrapper(self._look)

    def __enter__(self) -> "Writes":
        self._watch.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._watch.__exit__(*error)

    def _look(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.seen = self.seen or not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"))
        return execute(sql, *rest)


def cell_of(response: Any) -> str:
    """The answer in the table's words."""
    if response.status_code == 302 and response["Location"].startswith(SIGN_IN):
        return "login"
    return str(response.status_code)
