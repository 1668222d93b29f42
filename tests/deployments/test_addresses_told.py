"""What is told of a deployment comes from its own namespace: the owner's label alone can be written by whoever writes InferenceServices."""

import pytest

from clusters.models import Observed
from deployments.addresses import address_of
from deployments.health import observed
from deployments.queries import services_of
from tests.deploying import make_deployment, observe_service, ready_status

pytestmark = pytest.mark.django_db


def test_a_service_with_its_label_in_another_namespace_says_nothing_of_it():
    deployment = make_deployment()
    own = observe_service(deployment)
    forged = observe_service(deployment, {**ready_status(deployment), "url": "http://defects-thieves.example.com"}, uid="forged", name="x")
    # As the observer keeps one that another team has made, under the same name.
    Observed.objects.filter(pk=forged.pk).update(namespace="thieves", name=deployment.name)
    assert list(services_of(deployment)) == [own]
    assert address_of(deployment) == own.body["status"]["url"]
    assert list(observed([deployment])[deployment.pk].services) == [own.body]
