"""Two people change a deployment at the same moment: what each compared it with is still true when they write, or they are told."""

import threading
import time

import pytest
from django.db import close_old_connections, connection, transaction

from audit.errors import Conflict
from deployments.actions import ask, deploy
from deployments.actions.place import place
from deployments.models import ModelDeployment, Revision
from deployments.spec import Scaling
from tests.deploying import make_deployment
from tests.deployments.asking import NAME, wish_for
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_changes_of_what_both_saw_one_is_stale(monkeypatch):
    deployment, bob = make_deployment(name=NAME), make_user("bob", {"vision": "member"})
    look, begin, results = ask.findings, threading.Barrier(2), []

    def slowly(subject):
        time.sleep(0.5)
        return look(subject)

    def change(replicas):
        wish = wish_for(deployment.namespace, scaling=Scaling(replicas, replicas))
        begin.wait(10)
        try:
            results.append(deploy(actor=bob, namespace=deployment.namespace, wish=wish, reason="x", confirmed=True, seen_revision=1))
        except Conflict as conflict:
            results.append(conflict.code)
        finally:
            close_old_connections()
            connection.close()

    monkeypatch.setattr(ask, "findings", slowly)
    threads = [threading.Thread(target=change, args=[replicas]) for replicas in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 2
    assert results.count("stale_revision") == 1
    assert Revision.objects.count() == 2


def test_what_is_on_its_way_out_gets_no_revision_however_late_that_is_known():
    deployment, bob = make_deployment(name=NAME), make_user("bob", {"vision": "member"})
    wish = wish_for(deployment.namespace, scaling=Scaling(2, 2))
    ModelDeployment.objects.get().start_deletion(3600)
    with pytest.raises(Conflict), transaction.atomic():
        place(actor=bob, namespace=deployment.namespace, wish=wish, reason="x")
    assert Revision.objects.count() == 1
