"""What can go wrong between the portal and an API server, told apart by what the caller has to do next."""

import re
from typing import Any

MAX_TEXT = 2000
# Of a longer text this much of its beginning stays; the rest is its end, since a traceback says last what went wrong.
KEPT_BEGINNING = 600
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
# Answers with status 500 that no retry can change: the patch itself is malformed.
_MALFORMED = ("failed to create typed patch object", "failed to convert new object", "failed to convert patch object")


def safe_text(text: object) -> str:
    """The text without terminal escapes, control and direction characters; both ends of it when it is over 2,000 characters."""
    clean = without_controls(str(text).replace("\r", ""))
    return clean if len(clean) <= MAX_TEXT else f"{clean[:KEPT_BEGINNING]}…{clean[KEPT_BEGINNING + 1 - MAX_TEXT :]}"


def without_controls(text: str) -> str:
    """The text without terminal escapes, control and direction characters; tabs and line ends stay."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text))


class KubeError(Exception):
    """Base of everything that this package raises."""


class KubeconfigError(KubeError):
    """The kubeconfig cannot be used; the message says what to change in it."""


class UnknownKind(KubeError):
    """The kind is not in the table of kinds that the portal handles."""


class DeadlinePassed(KubeError):
    """The caller's time is over: the call was not begun, or cut before its answer."""


class Unreachable(KubeError):
    """No answer of an API server: refused, reset, timed out, or a gateway spoke in its place."""


class Expired(KubeError):
    """The resource version is too old (410) or of another history: list again."""


class WatchCut(KubeError):
    """A watch ended in the middle (cut, idle, error frame): resume from the last resource version."""


class ApiError(KubeError):
    """The API server refused. `message` is safe to show; `retry_after` is in seconds or None."""

    def __init__(
        self,
        status: int,
        reason: str = "",
        message: str = "",
        causes: list[dict[str, str]] | None = None,
        retry_after: float | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.reason = safe_text(reason) or "Unknown"
        self.message = safe_text(message) or f"The API server answered {status} without a reason."
        self.causes = [{key: safe_text(value) for key, value in cause.items()} for cause in causes or []]
        self.retry_after = retry_after
        self.details = details or {}
        super().__init__(f"{status} {self.reason}: {self.message}")

    @property
    def denied(self) -> bool:
        """An admission webhook said no: its status is of its own choice and means nothing but that."""
        return self.message.startswith('admission webhook "')

    @property
    def not_found(self) -> bool:
        """The object, its namespace or its kind does not exist."""
        return self.status == 404 and not self.denied

    @property
    def kind_missing(self) -> bool:
        """The server does not know this resource at all (a CRD that is not installed)."""
        return self.not_found and not self.details.get("name")

    @property
    def namespace_missing(self) -> bool:
        """The namespace of the object does not exist."""
        return self.not_found and self.details.get("kind") == "namespaces"

    @property
    def namespace_terminating(self) -> bool:
        """Nothing can be created because the namespace is being deleted."""
        return self.status in (403, 409) and any(cause.get("reason") == "NamespaceTerminating" for cause in self.causes)

    @property
    def already_exists(self) -> bool:
        """A create met an object of this name."""
        return self.status == 409 and self.reason == "AlreadyExists"

    @property
    def conflict(self) -> bool:
        """Any 409 but AlreadyExists: another writer was faster, or owns a field."""
        return self.status == 409 and not self.already_exists and not self.denied

    @property
    def field_conflicts(self) -> list[tuple[str, str]]:
        """(manager, field) for each field of an apply that somebody else owns."""
        found = []
        for cause in self.causes:
            if cause.get("reason") == "FieldManagerConflict":
                named = re.search(r'conflict with "([^"]*)"', cause.get("message", ""))
                found.append((named.group(1) if named else "unknown", cause.get("field", "")))
        return found

    @property
    def uid_mismatch(self) -> bool:
        """The object that carries the name is not the one whose UID was sent, or there is none."""
        if self.conflict:
            lowered = self.message.lower()
            return "uid mismatch" in lowered or "uid in precondition" in lowered or "the uid in the precondition" in lowered
        # Kubernetes before 1.21 reports it as a change of an immutable field.
        return self.status == 422 and any(cause.get("field") == "metadata.uid" for cause in self.causes)

    @property
    def patch_test_failed(self) -> bool:
        """A test of a JSON patch did not hold: 422 without any cause."""
        return self.status == 422 and not self.causes

    @property
    def expired(self) -> bool:
        """The resource version or the page token is too old."""
        return self.status == 410

    @property
    def retryable(self) -> bool:
        """The same call may succeed later without any change of it."""
        if self.status == 500:
            return not self.message.startswith(_MALFORMED)
        if self.namespace_terminating or (self.not_found and not self.namespace_missing):
            return True
        return (self.conflict and not self.field_conflicts) or self.status in (408, 410, 429, 502, 503, 504)
