"""Draws a sequence of calls from a seed. What is drawn depends on the seed and on the kinds alone, never on an answer."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.differential.calls import APPLY, JSON, JSON_PATCH, MERGE, STRATEGIC, Call
from tests.differential.kinds import Object, Subject, merged, named
from tests.differential.old import applicable, gives_ports, strays
from tests.differential.pools import DIRECTIVES, FIELDS, MALFORMED, MANY, METADATA, SELECTORS, WRONG_METADATA

NAMES, APPLIERS, MANAGERS = ("a", "b", "c"), ("one", "two", "three"), ("four", "five")
# Never dropped as a whole: the embedded server knows no map from an empty one, and of a bound claim only what is in it may change.
REQUESTS = ("/spec/resources", "/spec/resources/requests")


class Draw:
    """A source of calls on `namespace`."""

    def __init__(self, seed: int, namespace: str, subjects: Sequence[Subject], minor: int) -> None:
        """`minor`: the real server's version; what old ones are known to treat otherwise in any case is not asked of them."""
        self._is_old = minor < 22
        self._random = random.Random(seed)  # noqa: S311  repeatable on purpose
        self._namespace, self._went_wrong = namespace, False
        self._portless: set[str] = set()
        # A few kinds at a time, so that calls meet each other's objects.
        self._subjects = self._random.sample(list(subjects), min(4, len(subjects)))
        self._kinds: dict[Callable[[Subject], Call], int] = {
            self._create: 16, self._read: 5, self._list: 8, self._put: 10, self._edit: 10, self._merge: 9, self._strategic: 12,
            self._json_patch: 8, self._apply: 22, self._status: 8, self._scale: 3, self._delete: 6, self._delete_many: 1,
            self._watch: 2, self._malformed: 3,
        }  # fmt: skip

    def calls(self, count: int) -> list[Call]:
        """A sequence; it begins with a watch of each kind."""
        chosen = [Call("GET", each.collection(self._namespace), query=(("watch", "true"),)) for each in self._subjects]
        while len(chosen) < count:
            draw = self._random.choices(list(self._kinds), list(self._kinds.values()))[0]
            chosen.append(self._tame(draw(self._random.choice(self._subjects))))
        return chosen

    def _tame(self, call: Call) -> Call:
        """Before 1.23 a dry run gave a Service no address."""
        spared = self._is_old and "/services" in call.path and call.method != "DELETE"
        return replace(call, query=tuple(each for each in call.query if each[0] != "dryRun")) if spared else call

    def _chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def _name(self) -> str:
        return self._random.choice(NAMES)

    def _path(self, subject: Subject, name: str, subresource: str = "") -> str:
        return "/".join(part for part in (subject.collection(self._namespace), name, subresource) if part)

    def _options(self, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        options = list(more)
        if self._chance(10):
            options.append(("dryRun", "All" if self._chance(90) else "Some"))
        if self._chance(20) and not any(key == "fieldManager" for key, _ in more):
            options.append(("fieldManager", self._random.choice(MANAGERS)))
        return tuple(options)

    def _part(self, subject: Subject, name: str, *, wrong: int = 12) -> Object:
        """A part of an object: now and then a wrong one, now and then metadata."""
        if self._chance(wrong):
            self._went_wrong = True
            pool = [each for each in subject.wrong if not (self._is_old and "status" in each)]
            return named(self._random.choice([*pool, *({"metadata": each} for each in WRONG_METADATA)]), name)
        if self._chance(30) or not subject.parts:
            return {"metadata": self._random.choice(self._metadata(subject))}
        # Before 1.22 a write of the object owned the status that it sent, though it was dropped.
        parts = [part for part in subject.parts if not (self._is_old and ("status" in part or gives_ports(part)))]
        part = named(self._random.choice([*parts, *(() if self._is_old else subject.newer)]), name)
        if part.get("spec", {}).get("type") == "ExternalName":
            self._portless.add(name)
        return part

    def _metadata(self, subject: Subject) -> tuple[Object, ...]:
        """What metadata is told: old servers wrote labels of Jobs, did not hold Services, and kept a claim's own finalizer by itself."""
        if self._is_old and subject.name in ("Service", "PersistentVolumeClaim"):
            return METADATA[:5]
        return METADATA[3:] if self._is_old and subject.name == "Job" else METADATA

    def _object(self, subject: Subject, name: str, parts: int, *, wrong: int = 8) -> Object:
        value = merged({"apiVersion": subject.api_version, "kind": subject.name, "metadata": {"name": name}}, named(subject.base, name))
        for _ in range(self._random.randint(0, parts)):
            value = merged(value, self._part(subject, name, wrong=wrong))
            if not isinstance(value.get("spec", {}), dict):
                break  # a text; what comes over it would be all that there is
        return value

    def _create(self, subject: Subject) -> Call:
        name = self._name()
        body = self._object(subject, name, 3, wrong=15)
        if subject.created and self._chance(30):
            body = merged(body, self._random.choice(subject.created))
        options = self._options()
        # LimitRanges were named before by their uids; and Services are not made dry (see above), so a random name would stay.
        if self._chance(8) and not (self._is_old and subject.name in ("LimitRange", "Service")):
            del body["metadata"]["name"]
            body["metadata"]["generateName"] = "made-"
            options = (("dryRun", "All"),)
        return Call("POST", self._path(subject, ""), body, query=options)

    def _read(self, subject: Subject) -> Call:
        subresource = self._random.choice(["", "", "", "status", "scale", "nothing"])
        return Call("GET", self._path(subject, self._name(), subresource))

    def _list(self, subject: Subject) -> Call:
        query: list[tuple[str, str]] = []
        if self._chance(40):
            query.append(("labelSelector", self._random.choice(SELECTORS)))
        if self._chance(25):
            query.append(("fieldSelector", self._random.choice(FIELDS)))
        if self._chance(30):
            query.append(("limit", str(self._random.choice([1, 2, 0, 500]))))
        if self._chance(15):
            query.append(("continue", f"<continue:{self._path(subject, '')}>"))
        if self._chance(8) and not self._is_old:  # its cache had no order
            query.append(("resourceVersion", "0"))
        return Call("GET", self._path(subject, ""), query=tuple(query))

    def _put(self, subject: Subject) -> Call:
        name = self._name()
        path, body = self._path(subject, name), self._object(subject, name, 3)
        version = self._random.choice(["", "", "<version:{}>", "<version:{}>", "<stale:{}>"]).format(path)
        options = self._options()
        if self._is_old and subject.has_status:
            # Before 1.22 who left out the status gave up owning it: so it is sent as it is. And Services had to say their version.
            if subject.name == "Service":
                return Call("PUT", path, query=options, edits=(body, {"metadata": {"uid": None}}))
            return Call(
                "PUT",
                path,
                query=options,
                edits=(body, *([] if version and not subject.restless else [{"metadata": {"resourceVersion": None}}])),
            )
        if version and not subject.restless:
            body["metadata"]["resourceVersion"] = version
            options = ()
        if self._chance(10) and not (self._is_old and subject.name == "Service"):  # they were looked up first
            body["metadata"]["uid"] = f"<uid:{path}>"
        return Call("PUT", path, body, query=options)

    def _edit(self, subject: Subject) -> Call:
        name = self._name()
        edits: list[Any] = [self._part(subject, name) for _ in range(self._random.randint(0, 2))]
        if self._chance(10):
            edits.append({"metadata": {"managedFields": self._random.choice([[{}], None])}})
        if subject.restless:
            edits.append({"metadata": {"resourceVersion": None}})
        if self._is_old and subject.name == "Service":
            edits.append({"metadata": {"uid": None}})
        return Call("PUT", self._path(subject, name), query=self._options(), edits=(*edits, {}))

    def _merge(self, subject: Subject) -> Call:
        name = self._name()
        part = self._part(subject, name)
        if self._chance(25):
            part = self._nulled(part)
        # What is wrong with a Service was told before that it is not the newest.
        if self._chance(8) and not subject.restless and not (self._is_old and subject.name == "Service"):
            path = self._path(subject, name)
            part = merged(part, {"metadata": {"resourceVersion": f"<{self._random.choice(['version', 'stale'])}:{path}>"}})
        return Call("PATCH", self._path(subject, name), part, MERGE, self._options())

    def _nulled(self, part: Any) -> Any:
        """The same keys, the innermost of them to be removed."""
        if not isinstance(part, dict) or not part:
            return None
        return {key: self._nulled(value) for key, value in part.items()}

    def _strategic(self, subject: Subject) -> Call:
        name, chance = self._name(), self._random.randrange(100)
        # Until 1.24 directives and nulls were taken for values where the object has nothing at their place.
        certain = {"spec": {} if name in self._portless else {"ports": [{}]}} if subject.name == "Service" else subject.base
        strategic = [each for each in subject.strategic if not (self._is_old and strays(each, certain))]
        if strategic and chance < 55:
            part = named(self._random.choice(strategic), name)
        elif chance < 75:
            pool = DIRECTIVES[1:2] if self._is_old else DIRECTIVES
            part = {"metadata": self._random.choice(pool if self._metadata(subject) is METADATA else self._metadata(subject))}
        else:
            part = self._part(subject, name)
            part = {} if self._is_old and strays(part, {"metadata": {}, **certain}) else part
        # See above: old servers give away a status that they drop.
        subresource = "status" if "status" in part and (self._chance(80) or self._is_old) else ""
        return Call("PATCH", self._path(subject, name, subresource), part, STRATEGIC, self._options())

    def _json_patch(self, subject: Subject) -> Call:
        name = self._name()
        operations = [self._operation(subject, name) for _ in range(self._random.randint(1, 3))]
        return Call("PATCH", self._path(subject, name), operations, JSON_PATCH, self._options())

    def _operation(self, subject: Subject, name: str) -> Object:
        path, value = self._leaf(self._part(subject, name), "")
        kinds = ["add", "add", "replace", "replace", "remove", "test", "move", "what"]
        operation = self._random.choice([*kinds, *([] if self._is_old else ["copy"])])  # once, a copy of nothing was null
        if operation in ("copy", "move"):
            source = self._leaf(self._part(subject, name), "")[0]
            # An empty value of bytes has two forms in etcd, so a server takes one for a change of the other: none is made.
            path = path.replace("/binaryData", "/data") if source.startswith("/data") else path
            # Volumes that are images came later than containers that have one.
            path = source if "ontainers" in source and "/volumes" in path and self._is_old else path
            if self._is_old and subject.name == "Service" and "/spec" in (source, path):
                source = path = "/metadata/labels"  # as below
            return {"op": operation, "from": source, "path": path}
        if self._is_old and subject.name == "Service" and path == "/spec":
            operation = "test"  # until 1.21 who left the address out was refused
        if self._is_old and subject.name == "Pod" and value is None:
            operation = "remove"  # an item added to null ended the connection
        return {"op": operation, "path": path, **({} if operation == "remove" else {"value": value})}

    def _leaf(self, value: Any, path: str) -> tuple[str, Any]:
        if isinstance(value, dict) and value and (not path or path in REQUESTS or self._chance(75)):
            key = self._random.choice(sorted(value))
            return self._leaf(value[key], f"{path}/{key.replace('~', '~0').replace('/', '~1')}")
        # Before 1.29 nobody owned anything more of an object where one item was twice in a list of unique ones.
        repeats = self._is_old and not path.startswith("/spec")
        if isinstance(value, list) and value and not repeats and self._chance(50):
            return self._leaf(value[0], f"{path}/{self._random.choice(['0', '-', '7'])}")
        return path, value

    def _apply(self, subject: Subject) -> Call:
        name, self._went_wrong = self._name(), False
        whole = self._chance(60) or subject.name == "Pod"
        body = self._object(subject, name, 3, wrong=4)
        if not whole:
            body = {key: value for key, value in body.items() if key in ("apiVersion", "kind")} | {"metadata": {"name": name}}
            body = merged(body, self._part(subject, name, wrong=4))
        body.pop("status", None)
        if self._is_old:
            body = applicable(body)
            # Before 1.22 the place of what is applied was not checked at first.
            body["metadata"] = {**{key: item for key, item in body["metadata"].items() if key != "namespace"}, "name": name}
        if self._chance(5):
            body = merged(body, {"metadata": {"uid": f"<uid:{self._path(subject, name)}>"}})
        # Before 1.21 who gave up a container, or a port, took away what others had set in it.
        has_items = subject.base.get("spec", {}).keys() & {"template", "ports"}
        suffix = "-part" if self._is_old and not whole and has_items else ""
        options = [("fieldManager", self._random.choice(APPLIERS) + suffix)] if self._chance(97) else []
        # Which is told first is not settled: that others own a field, or that its value cannot be read.
        if self._chance(40) or self._went_wrong:
            options.append(("force", "true"))
        return Call("PATCH", self._path(subject, name), body, APPLY, self._options(*options))

    def _status(self, subject: Subject) -> Call:
        name = self._name()
        own = [part for part in (*subject.parts, *subject.wrong) if "status" in part] or [{"status": {"phase": "Odd"}}]
        part = named(self._random.choice(own), name)
        # Before 1.22 a write of the status owned what else it sent, though it was dropped.
        part = merged(part, self._part(subject, name)) if self._chance(20) and not self._is_old else part
        path, form = self._path(subject, name, "status"), self._random.choice([JSON, MERGE, STRATEGIC])
        if form == JSON:
            edits = (part, {"metadata": {"resourceVersion": None}}) if subject.restless else (part,)
            return Call("PUT", path, query=self._options(), edits=edits)
        return Call("PATCH", path, part, form, self._options())

    def _scale(self, subject: Subject) -> Call:
        path = self._path(subject, self._name(), "scale")
        replicas = self._random.choice([0, 1, 2, 5, -1])
        return Call("PATCH", path, {"spec": {"replicas": replicas}}, MERGE, self._options())

    def _delete(self, subject: Subject) -> Call:
        path, body = self._path(subject, self._name()), {}
        if subject.name == "Job":
            body["propagationPolicy"] = "Background"
        elif self._chance(15):
            body["propagationPolicy"] = self._random.choice(["Background", "Background", "Sideways"])
        if self._chance(15):
            # Before 1.22 a negative time was kept as it is.
            body["gracePeriodSeconds"] = max(self._random.choice([0, 5, -1]), 0 if self._is_old else -1)
        if self._chance(20):
            body["preconditions"] = {"uid": self._random.choice([f"<uid:{path}>", "33333333-3333-3333-3333-333333333333"])}
        if self._chance(10) and not subject.restless:
            body["preconditions"] = {"resourceVersion": f"<{self._random.choice(['version', 'stale'])}:{path}>"}
        if self._chance(8):
            body["dryRun"] = ["All"]
        return Call("DELETE", path, body or None)

    def _delete_many(self, subject: Subject) -> Call:
        if self._is_old and subject.name == "Service":  # until 1.23 they went one by one
            return self._delete(subject)
        # Nor was the time that one Pod needs only its own.
        body = {"gracePeriodSeconds": 0} if self._is_old and subject.name == "Pod" else None
        return Call("DELETE", self._path(subject, ""), body, query=(("labelSelector", self._random.choice(MANY)),))

    def _watch(self, subject: Subject) -> Call:
        query = [("watch", "true")]
        if self._chance(60):
            query.append(("labelSelector", self._random.choice(SELECTORS[:7])))
        if self._chance(30):
            query.append(("fieldSelector", self._random.choice(FIELDS[:2])))
        return Call("GET", self._path(subject, ""), query=tuple(query))

    def _malformed(self, subject: Subject) -> Call:
        # Before 1.22 a patch that is none was answered with 500, or was no change.
        forms = [("POST", JSON), ("PUT", JSON), ("PATCH", APPLY), ("POST", "text/plain")]
        if not self._is_old:
            forms += [("PATCH", MERGE), ("PATCH", STRATEGIC), ("PATCH", JSON_PATCH), ("PATCH", JSON)]
        method, form = self._random.choice(forms)
        path = self._path(subject, "" if method == "POST" else self._name())
        query = (("fieldManager", "one"),) if form == APPLY else ()
        # A LimitRange without a name would get a random one.
        texts = [text for text in MALFORMED if not (text == "null" and subject.name == "LimitRange")]
        return Call(method, path, self._random.choice(texts), form, query)
