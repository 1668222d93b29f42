"""What administrators decide about deployments: a cluster's policy and the places that belong to teams."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Entry
from deployments.actions.govern import give_prefix, set_policy, take_prefix
from deployments.models import DeploymentPolicy, StoragePrefix
from tests.factories import make_team, make_user
from tests.tenancy import make_cluster

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_user(platform_roles=["admin"])


def test_an_admin_changes_what_needs_an_approver(admin):
    cluster = make_cluster()
    set_policy(actor=admin, cluster=cluster, free_gpus=0)
    set_policy(actor=admin, cluster=cluster, images=["registry.example.org/ml/"])
    policy = DeploymentPolicy.objects.get()
    assert (policy.free_gpus, policy.images, policy.outside_needs_approval) == (0, ["registry.example.org/ml/"], True)
    assert Entry.objects.filter(action="deployment.set_policy").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"images": [""]}, {"images": "registry/"}, {"alias_environments": ["prod"]}, {"free_gpus": -1}, {"created_at": 7}]
)
def test_a_policy_that_cannot_be_is_refused(admin, wrong):
    with pytest.raises(ValidationError):
        set_policy(actor=admin, cluster=make_cluster(), **wrong)
    assert not DeploymentPolicy.objects.exists()


def test_a_prefix_is_one_teams_and_can_be_taken_back(admin):
    prefix = give_prefix(actor=admin, team=make_team("vision"), prefix="s3://models-vision/prod/")
    with pytest.raises(ValidationError):
        give_prefix(actor=admin, team=make_team("speech"), prefix="s3://models-vision/prod/")
    take_prefix(actor=admin, prefix=prefix)
    assert not StoragePrefix.objects.exists()
    assert set(Entry.objects.values_list("action", flat=True)) == {"storage.give_prefix", "storage.take_prefix"}


@pytest.mark.parametrize(
    "wrong", ["s3://", "s3:/", "s3://a", "file:///etc/", "s3://bucket/../", "s3://bucket//x", "s3://b%2fucket/", "http://x.example/"]
)
def test_a_prefix_that_names_no_bucket_of_its_own_is_refused(admin, wrong):
    with pytest.raises(ValidationError):
        give_prefix(actor=admin, team=make_team("vision"), prefix=wrong)


def test_nobody_else_decides_this():
    owner = make_user(team_roles={"vision": "owner"})
    with pytest.raises(PermissionDenied):
        set_policy(actor=owner, cluster=make_cluster(), free_gpus=99)
    with pytest.raises(PermissionDenied):
        give_prefix(actor=owner, team=make_team("vision"), prefix="s3://models-vision/")
    assert not DeploymentPolicy.objects.exists() and not StoragePrefix.objects.exists()
