"""The tab on which a deployment is tried: the question as fields or as JSON, the answer as text, commands to copy."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.caller import caller
from deployments.addresses import address_of
from deployments.forms.trying import BodyForm, FieldsForm
from deployments.health import observed
from deployments.manifests.runtimes import SERVERS
from deployments.models import ModelDeployment
from deployments.queries import deployments_seen_by
from deployments.spec import Protocol
from deployments.trying import Asked, TryError, open_trial, path_of
from deployments.trying.bodies import body_of
from deployments.trying.signature import Signature, example_of, signature_of
from deployments.trying.snippets import Snippet, snippet
from deployments.views.detail import frame
from kube.errors import safe_text

LONGEST_SHOWN = 64 * 2**10


@dataclass(frozen=True)
class Answer:
    """What is shown of an answer: text only, cut to what a page can hold."""

    status: int
    text: str
    revision: int | None
    milliseconds: int
    cut: bool = False

    @property
    def well(self) -> bool:
        """Whether the model took the question."""
        return self.status < 400


@require_http_methods(["GET", "HEAD", "POST"])
def deployment_try(request: HttpRequest, pk: int) -> HttpResponse:
    """A question is asked in its own protocol unless another is chosen."""
    user = caller(request)
    row = get_object_or_404(deployments_seen_by(user).select_related("revision__request", "namespace__cluster"), pk=pk)
    page = Trial(request, row)
    context: dict[str, Any] = page.asked() if request.method == "POST" else {}
    stands = frame(row, user, "try", observed([row])[row.pk])
    return render(request, "deployments/try.html", {**stands, **page.context(), **context}, status=context.get("code", 200))


class Trial:
    """One look at the tab, or one question."""

    def __init__(self, request: HttpRequest, row: ModelDeployment) -> None:
        self.request, self.row = request, row
        version = row.revision.model_version if row.revision else None
        self.signature: Signature = signature_of(version)
        self.example = example_of(version, self.signature)
        self.protocol = self._protocol()
        sent = request.POST if request.method == "POST" else None
        self.by_fields = bool(self.signature.inputs) and (sent is None or sent.get("how") == "fields")
        self.fields = FieldsForm(sent if self.by_fields else None, signature=self.signature, example=self.example)
        self.question = self._sample()
        self.raw = BodyForm(None if self.by_fields else sent, initial={"body": _pretty(self.question)})

    def _protocol(self) -> Protocol:
        wanted = self.request.POST.get("protocol") or self.request.GET.get("protocol")
        own: Protocol = self.row.revision.spec.protocol if self.row.revision else "v2"
        return next((each for each in self.protocols if each == wanted), own)

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """Those that its runtime speaks; of a custom image both are offered."""
        server = SERVERS.get(self.row.revision.spec.runtime) if self.row.revision else None
        return server.protocols if server else ("v1", "v2")

    def _sample(self) -> Any:
        """The input example as a question; a shape to fill in where none was logged."""
        try:
            made = body_of(self.protocol, self.signature, self.example) if self.signature.inputs else {}
        except (ValueError, TypeError):
            made = {}
        empty: dict[str, Any] = {"instances": []} if self.protocol == "v1" else {"inputs": []}
        return made or empty

    def asked(self) -> dict[str, Any]:
        """The answer, or why there is none, with the status of the page."""
        form = self.fields if self.by_fields else self.raw
        if not form.is_valid():
            return {"code": 422}
        try:
            body = self.fields.body(self.protocol) if self.by_fields else json.loads(self.raw.cleaned_data["body"])
        except ValidationError as error:
            form.add_error(None, error)
            return {"code": 422}
        except (ValueError, RecursionError):
            body = self.raw.cleaned_data["body"]
        return self._answered(body)

    def _answered(self, body: Any) -> dict[str, Any]:
        """What is no JSON is passed on as it is: what the model says to it is worth seeing."""
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        begun = time.monotonic()
        try:
            asked = open_trial(caller(self.request), self.row.pk, data, self.protocol)
        except TryError as error:
            return {"problem": error.message, "code": error.http_status}
        if not isinstance(body, str):
            self.question = body
        if self.by_fields:
            self.raw = BodyForm(initial={"body": _pretty(body)})
        return {"answer": _shown(asked, time.monotonic() - begun)}

    def context(self) -> dict[str, Any]:
        """What the template shows of it."""
        return {
            "fields": self.fields if self.signature.inputs else None,
            "raw": self.raw,
            "protocol": self.protocol,
            "protocols": self.protocols,
            "snippets": self._snippets(),
            "by_fields": self.by_fields,
        }

    def _snippets(self) -> list[tuple[str, Snippet]]:
        path, body = f"/api/v1/deployments/{self.row.pk}/predict/?protocol={self.protocol}", self.question
        found = [("portal", snippet("portal", self.request.build_absolute_uri(path), body, with_token=True))]
        if url := address_of(self.row):
            found.append(("own", snippet("own", url.rstrip("/") + path_of(self.protocol, self.row.name), body, with_token=False)))
        return found


def _pretty(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _shown(asked: Asked, seconds: float) -> Answer:
    text = asked.body.decode(errors="replace")
    if asked.is_json:
        with suppress(ValueError, RecursionError):
            text = _pretty(json.loads(asked.body))
    cut = len(text) > LONGEST_SHOWN
    lines = "\n".join(safe_text(line) for line in text[:LONGEST_SHOWN].split("\n"))
    return Answer(asked.status, lines, asked.revision, round(seconds * 1000), cut)
