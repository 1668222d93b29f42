"""What becomes of deployments when their namespace goes, and of a wish for a candidate that cannot stand beside what serves."""

from dataclasses import replace

import pytest

from audit.models import Entry
from deployments.actions.ask import subject_for
from deployments.checks import findings
from deployments.models import Rollout
from deployments.spec import Source
from deployments.wish import DeploymentWish, Trial
from tenants.actions import delete_namespace, note_removed
from tests.deploying import let_serve, make_deployment, make_rollout
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_deployment_is_gone_with_its_namespace_and_says_so_once():
    deployment = make_deployment()
    make_rollout(deployment)
    namespace = deployment.namespace
    delete_namespace(actor=make_user(platform_roles=["admin"]), namespace=namespace, confirm=namespace.name)
    note_removed(namespace)
    note_removed(namespace)
    deployment.refresh_from_db()
    assert deployment.state == "deleted" and deployment.deletion_released
    assert Rollout.objects.get().ended == Rollout.End.DELETED
    assert Entry.objects.filter(action="deployment.deleted").count() == 1


def codes(deployment, spec, share=20):
    namespace = deployment.namespace
    wish = DeploymentWish(namespace.cluster.name, namespace.name, deployment.name, spec, Trial(share))
    return {finding.code for finding in findings(subject_for(namespace, wish)) if finding.field == "share"}


def test_a_candidate_of_another_protocol_or_source_is_told_why_it_cannot_stand_beside_what_serves():
    deployment = make_deployment()
    spec = deployment.revision.spec
    assert codes(deployment, spec) == set()
    assert codes(deployment, replace(spec, protocol="v1")) == {"canary_protocol"}
    image = Source("image", image="registry.example.org/server:1")
    assert "canary_source" in codes(deployment, replace(spec, source=image, runtime="custom"))
    assert codes(deployment, replace(spec, runtime="xgboost")) == {"canary_runtime"}


def test_where_requests_cannot_be_split_the_finding_says_why():
    deployment = make_deployment()
    let_serve(deployment.cluster, canary=False, kinds=[])
    assert codes(deployment, deployment.revision.spec) == {"no_splitting"}
    assert codes(deployment, deployment.revision.spec, share=120) == {"no_splitting", "share"}
