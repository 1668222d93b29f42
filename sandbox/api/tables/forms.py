"""The forms in which a client can have objects: as they are, as Tables, or their metadata alone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.api.request import Request
from sandbox.api.tables.registry import printer_for
from sandbox.kinds.errors import StatusError, bad_request
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind
from sandbox.storage.encoding import encode
from sandbox.storage.stored import Stored

VERSIONS = ("v1", "v1beta1")
SHOWN = ("None", "Metadata", "Object")
FORMS = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
SERVED = ("application/json", "application/*", "*/*")
NOT_ACCEPTABLE = "only the following media types are accepted: application/json"


@dataclass
class Form:
    """One wanted form; `name` is empty for plain objects."""

    name: str = ""
    version: str = "v1"
    include: str = "Metadata"
    _headed: bool = False

    def one(self, stored: Stored) -> bytes:
        """The answer to a GET."""
        if self.name == "Table":
            return encode(self._table(stored.kind, {"resourceVersion": stored.value["metadata"]["resourceVersion"]}, [stored]))
        return encode(self._partial(stored)) if self.name else stored.full

    def many(self, kind: Kind, metadata: dict[str, Any], items: list[Stored]) -> bytes:
        """The answer to a LIST."""
        if self.name == "Table":
            return encode(self._table(kind, metadata, items))
        version = self._meta if self.name else kind.api_version
        name = f"{self.name}List" if self.name else kind.list_name
        head = f'{{"kind":"{name}","apiVersion":"{version}","metadata":'.encode() + encode(metadata)
        shown = (encode(self._partial(each)) if self.name else each.item for each in items)
        return head + b',"items":[' + b",".join(shown) + b"]}"

    def event(self, stored: Stored) -> bytes:
        """The object of a watch event: only the first Table of a watch names the columns."""
        if self.name != "Table":
            return self.one(stored)
        table = self._table(stored.kind, {"resourceVersion": stored.value["metadata"]["resourceVersion"]}, [stored])
        if self._headed:
            table["columnDefinitions"] = None
        self._headed = True
        return encode(table)

    def bookmark(self, kind: Kind, metadata: Object) -> Object:
        """The object of a BOOKMARK."""
        if self.name == "Table":
            row = {"cells": [], "object": {"kind": "PartialObjectMetadata", "apiVersion": self._meta, "metadata": metadata}}
            return {**self._table(kind, {"resourceVersion": metadata["resourceVersion"]}, []), "columnDefinitions": None, "rows": [row]}
        named = ("PartialObjectMetadata", self._meta) if self.name else (kind.name, kind.api_version)
        return {"kind": named[0], "apiVersion": named[1], "metadata": metadata}

    @property
    def _meta(self) -> str:
        return f"meta.k8s.io/{self.version}"

    def _partial(self, stored: Stored) -> Object:
        return {"kind": "PartialObjectMetadata", "apiVersion": self._meta, "metadata": stored.value["metadata"]}

    def _table(self, kind: Kind, metadata: dict[str, Any], items: list[Stored]) -> Object:
        printer, now = printer_for(kind), datetime.now(UTC)
        rows = []
        for each in items:
            row: Object = {"cells": printer.cells(each.value, now)}
            row |= {"conditions": conditions} if (conditions := printer.conditions(each.value)) else {}
            row["object"] = self._shown(each)
            rows.append(row)
        heads = [column.body() for column in printer.columns]
        return {"kind": "Table", "apiVersion": self._meta, "metadata": metadata, "columnDefinitions": heads, "rows": rows}

    def _shown(self, stored: Stored) -> Object | None:
        if self.include == "None":
            return None
        if self.include == "Object":
            return {"kind": stored.kind.name, "apiVersion": stored.kind.api_version, **stored.value}
        return self._partial(stored)


def wanted_form(request: Request) -> Form:
    """The first form of the Accept header that can be served; raises 406 if there is none, 400 for a bad includeObject."""
    header = request.headers.get("accept", "")
    for clause in header.replace("\n", ",").split(","):
        media, *parameters = (part.strip() for part in clause.split(";"))
        options = dict(each.partition("=")[::2] for each in parameters)
        if media not in SERVED and media:
            continue
        if "as" not in options:
            return Form()
        if options["as"] in FORMS and options.get("g") == "meta.k8s.io" and options.get("v") in VERSIONS:
            return Form(options["as"].removesuffix("List"), options["v"], _include(request))
    if "yaml" in header:
        return Form()
    raise StatusError(406, "NotAcceptable", NOT_ACCEPTABLE, {})


def _include(request: Request) -> str:
    wanted = request.option("includeObject") or "Metadata"
    if wanted not in SHOWN:
        raise bad_request(f'unrecognized includeObject value: "{wanted}"')
    return wanted
