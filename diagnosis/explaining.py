"""Facts -> explanations: a saying, what is known beyond it, solutions, and always the cluster's own words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from diagnosis.case import Case
from diagnosis.details import details
from diagnosis.explanation import Explanation, Solution
from diagnosis.messages import Fact, read
from diagnosis.repairs import offered
from diagnosis.saying import Values
from diagnosis.sayings import SAYINGS
from kube.errors import safe_text

UNKNOWN = "unknown"


def explain_words(reason: str, message: str, case: Case, user: User | None, at: str = "") -> list[Explanation]:
    """What the cluster said, explained; where nothing is known of it, its own words are all that is told."""
    facts = read(reason, message)
    return [explain(fact, spoken(reason, message), case, user, at) for fact in facts] if facts else [unknown(reason, message, at)]


def explain(fact: Fact, words: str, case: Case, user: User | None, at: str = "") -> Explanation:
    """One fact."""
    saying, values = SAYINGS[fact.code], Values(fact.values)
    text = " ".join([str(saying.text) % values, *details(fact, case)])
    general = tuple(Solution(str(solution) % values) for solution in saying.solutions)
    solutions = (*offered(fact, case, user), *general)
    return Explanation(fact.code, str(saying.title) % values, text, solutions, words, saying.tone, at or fact.values.get("at", ""))


def unknown(reason: str, message: str, at: str = "") -> Explanation:
    """No cause is guessed."""
    title = _("The cluster says: %(reason)s") % {"reason": safe_text(reason)[:120] or "–"}
    text = _("No explanation is known for this. Its own words stand below.")
    return Explanation(UNKNOWN, title, text, (), spoken(reason, message), "bad", at)


def spoken(reason: str, message: str) -> str:
    """The cluster's own words, safe to show."""
    return safe_text(": ".join(filter(None, (reason, message))))


def distinct(explanations: Iterable[Explanation]) -> list[Explanation]:
    """Each once: the same is told by a pod's state and by its events."""
    found: dict[tuple[str, str], Explanation] = {}
    for each in explanations:
        found.setdefault((each.code, each.text), each)
    return list(found.values())
