"""A namespace with one pod, whose cluster is a kubelet that does as the tests say."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.utils import timezone

from accounts.models import User
from clusters.models import Cluster, Pod
from kube import logs
from logs import stream
from tenants.models import Namespace
from tests.factories import make_team, make_user
from tests.fake_kubelet import Container, served
from tests.kube.fake_server import kubeconfig_for


@dataclass
class Space:
    """The namespace's row, its member, the pod's container, and where its lines are."""

    namespace: Namespace
    member: User
    box: Container

    @property
    def live(self) -> str:
        return f"/namespaces/{self.namespace.pk}/logs/live/"

    @property
    def text(self) -> str:
        return f"/api/v1/namespaces/{self.namespace.pk}/pods/p/log/"

    def add_pod(self, name: str, uid: str = "uid-1", **fields: object) -> Pod:
        where = {"cluster": self.namespace.cluster, "namespace": self.namespace.name}
        made = {"containers": ["main"], "phase": "Running", "observed_at": timezone.now(), **fields}
        return Pod.objects.create(name=name, uid=uid, **where, **made)


@pytest.fixture
def space(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Space]:
    """For what answers at once."""
    with _made(monkeypatch) as made:
        yield made


@pytest.fixture
def live_space(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Space]:
    """For streams: they ask the database in threads of their own."""
    with _made(monkeypatch) as made:
        yield made


@contextmanager
def _made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Space]:
    monkeypatch.setattr(logs, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(stream, "CHOICE_SECONDS", 0.1)
    box = Container()
    with served(box) as url:
        cluster = Cluster.objects.create(name="logs", kubeconfig=json.dumps(kubeconfig_for(url)))
        namespace = Namespace.objects.create(cluster=cluster, team=make_team("vision"), name="space", base={})
        made = Space(namespace, make_user("member", {"vision": "member"}), box)
        made.add_pod("p")
        yield made
