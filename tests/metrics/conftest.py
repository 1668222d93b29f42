"""A namespace with pods that run, its cluster, and a sampler that is turned by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from clusters.models import Cluster, Observed, Pod
from kube.connect import Api
from metrics.asked import Asked, asked
from metrics.names import OF_WORKLOAD
from metrics.sampler import Sampler
from metrics.series import About, Series, series_of
from tests.metrics.fake_cluster import FakeCluster, Used, served
from tests.tenancy import make_namespace

# On a whole hour, so that every window begins here.
START = 1_780_272_000 - 1_780_272_000 % 216_000


class Query(dict[str, Any]):
    """A query as a request has it."""

    def getlist(self, key: str) -> list[str]:
        return [str(self[key])] if key in self else []


@dataclass
class Site:
    """`turn` samples at so many seconds after START; `read` tells a series of that time."""

    cluster: Cluster
    namespace: Any
    fake: FakeCluster
    api: Api
    sampler: Sampler
    now: int = field(default=START)

    def pod(self, name: str, *, used: bool = True, **fields: Any) -> Pod:
        given = {"uid": str(uuid4()), "phase": "Running", "observed_at": timezone.now(), "containers": ["main"], **fields}
        if used:
            self.fake.used.append(Used(self.namespace.name, name))
        return Pod.objects.create(cluster=self.cluster, namespace=self.namespace.name, name=name, **given)

    def use(self, name: str, cpu: str, memory: str = "64Mi") -> None:
        entry = next(each for each in self.fake.used if each.name == name)
        entry.cpu, entry.memory = cpu, memory

    def turn(self, after: int) -> None:
        self.now = START + after
        self.sampler.turn(self.api, self.now)
        self.sampler.keep(self.now)

    def asked(self, begin: int, end: int, step: int, name: str = "") -> Asked:
        query = Query({"from": str(START + begin), "to": str(START + end), "step": str(step)}, **({"name": name} if name else {}))
        return asked(query, timezone.datetime.fromtimestamp(self.now, timezone.get_default_timezone()), OF_WORKLOAD)

    def read(self, subject: str, name: str, begin: int, end: int, step: int, part: str = "") -> Series:
        found = series_of(About(self.cluster.pk, subject), self.asked(begin, end, step, name), parts=bool(part))
        return next(series for series in found if series.part == part)

    @property
    def space(self) -> str:
        return f"namespace.{self.namespace.pk}"


@pytest.fixture
def site(db: None) -> Iterator[Site]:
    """With nothing in it yet."""
    namespace, fake = make_namespace(), FakeCluster()
    where = {"cluster": namespace.cluster, "name": namespace.name, "namespace": "", "owner": namespace.holder}
    Observed.objects.create(api_version="v1", kind="Namespace", body={}, observed_at=timezone.now(), uid="u", **where)
    with served(fake) as api:
        yield Site(namespace.cluster, namespace, fake, api, Sampler(namespace.cluster))
