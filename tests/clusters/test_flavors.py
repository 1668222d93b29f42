"""What a flavor brings by itself, and whom a shared one serves."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import Entry
from clusters.actions import change_flavor, declare_flavor
from clusters.models import Cluster, GpuFlavor, Node
from clusters.observation.nodes import save_nodes
from clusters.recount import recount, tolerations_of
from tenants.actions import request_namespace
from tests.factories import make_team, make_user
from tests.tenancy import make_cluster, make_wish

pytestmark = pytest.mark.django_db
TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}


def make_node(cluster, name, resource, taints=(), **labels):
    Node.objects.create(
        cluster=cluster,
        name=name,
        labels={f"nvidia.com/gpu.{key}": value for key, value in labels.items()},
        allocatable={"cpu": "8", "memory": "32Gi", resource: "4"},
        taints=list(taints),
        ready=True,
        observed_at=timezone.now(),
    )


@pytest.fixture
def cluster():
    return Cluster.objects.create(name="fra-1")


H100 = "NVIDIA-H100-80GB-HBM3"
MENDED = {"key": "example.com/mended", "effect": "NoExecute"}


def test_pods_of_a_flavor_tolerate_what_keeps_others_off_its_nodes_and_not_what_is_said_of_one_node(cluster):
    dedicated = {"key": "dedicated", "effect": "NoExecute"}
    make_node(cluster, "a", "nvidia.com/gpu", [TAINT, dedicated], product=H100)
    make_node(cluster, "b", "nvidia.com/gpu", [dedicated, TAINT, MENDED], product=H100)
    recount(cluster)
    assert GpuFlavor.objects.get().tolerations == [
        {"key": "dedicated", "operator": "Exists", "effect": "NoExecute"},
        {"key": "nvidia.com/gpu", "operator": "Equal", "value": "present", "effect": "NoSchedule"},
    ]


def test_what_ails_a_node_is_no_taint_of_its_flavor(cluster):
    passing = ("node.kubernetes.io/unreachable", "ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted")
    taints = [TAINT, *({"key": key, "effect": "NoExecute"} for key in passing)]
    node = {"metadata": {"name": "a", "labels": {}}, "spec": {"taints": taints}, "status": {"allocatable": {"nvidia.com/gpu": "4"}}}
    save_nodes(cluster, [node])
    assert Node.objects.get().taints == [TAINT]


def test_tolerations_that_an_administrator_set_stay_until_they_are_to_follow_the_nodes_again(cluster):
    make_node(cluster, "a", "nvidia.com/gpu", [TAINT], product=H100)
    recount(cluster)
    own, read = [{"key": "mine", "operator": "Exists"}], GpuFlavor.objects.get().tolerations
    change_flavor(actor=None, flavor=GpuFlavor.objects.get(), tolerations=own)
    recount(cluster)
    assert GpuFlavor.objects.get().tolerations == own
    assert change_flavor(actor=None, flavor=GpuFlavor.objects.get(), tolerations_fixed=False).tolerations == read


SHARED = {
    "by its resource": ("nvidia.com/gpu.shared", {"product": "NVIDIA-L4"}),
    "by its product": ("nvidia.com/gpu", {"product": "NVIDIA-L4-SHARED"}),
    "by its strategy": ("nvidia.com/gpu", {"product": "NVIDIA-L4", "sharing-strategy": "time-slicing"}),
    "by its processes": ("nvidia.com/gpu", {"product": "NVIDIA-L4", "sharing-strategy": "mps"}),
}


@pytest.mark.parametrize("how", SHARED)
def test_shared_cards_are_known_however_the_device_plugin_tells_it(cluster, how):
    resource, labels = SHARED[how]
    make_node(cluster, "a", resource, **labels)
    make_node(cluster, "b", "nvidia.com/gpu", product=H100, **{"sharing-strategy": "none"})
    recount(cluster)
    assert set(GpuFlavor.objects.filter(shared=True)) == set(GpuFlavor.objects.exclude(name="h100"))


def test_whole_cards_that_become_shared_are_nobodys_until_somebody_is_named(cluster):
    make_node(cluster, "a", "nvidia.com/gpu", product="NVIDIA-L4")
    recount(cluster)
    assert GpuFlavor.objects.get().is_usable_by(make_team("vision"))
    Node.objects.update(labels={**Node.objects.get().labels, "nvidia.com/gpu.sharing-strategy": "time-slicing"})
    recount(cluster)
    assert not GpuFlavor.objects.get().is_usable_by(make_team("vision"))


def test_a_preference_of_a_node_needs_no_toleration():
    assert tolerations_of([[{"key": "soft", "effect": "PreferNoSchedule"}]]) == []


def test_a_flavor_whose_nodes_are_gone_keeps_what_it_brings(cluster):
    make_node(cluster, "a", "nvidia.com/gpu", [TAINT], product="NVIDIA-H100-80GB-HBM3")
    recount(cluster)
    before = GpuFlavor.objects.get().tolerations
    Node.objects.all().delete()
    recount(cluster)
    assert before and GpuFlavor.objects.get().tolerations == before


def test_a_time_shared_flavor_is_known_by_its_resource_and_serves_only_those_who_trust_each_other(cluster):
    make_node(cluster, "a", "nvidia.com/gpu.shared", product="NVIDIA-L4-SHARED")
    recount(cluster)
    flavor, vision, speech = GpuFlavor.objects.get(), make_team("vision"), make_team("speech")
    assert flavor.shared and "not isolated" in flavor.sharing_note
    assert not flavor.is_usable_by(vision) and not GpuFlavor.objects.usable_by(vision).exists()
    change_flavor(actor=make_user(platform_roles=["admin"]), flavor=flavor, trusted_teams=[vision])
    assert flavor.is_usable_by(vision) and not flavor.is_usable_by(speech)
    assert list(GpuFlavor.objects.usable_by(vision)) == [flavor] and not GpuFlavor.objects.usable_by(speech).exists()
    assert Entry.objects.get(action="flavor.change").detail["trusted"] == ["vision"]


def test_a_team_that_is_not_trusted_cannot_ask_for_quota_of_a_shared_flavor():
    cluster = make_cluster()
    GpuFlavor.objects.update(shared=True)
    owner = make_user(team_roles={"vision": "owner"})
    ask = {"actor": owner, "team": make_team("vision"), "wish": make_wish(cluster), "justification": "We train."}
    with pytest.raises(ValidationError, match="trust each other") as refused:
        request_namespace(**ask)
    assert set(refused.value.error_dict) == {"gpus"}
    GpuFlavor.objects.get().trusted_teams.add(make_team("vision"))
    assert request_namespace(**ask).is_open


def test_only_administrators_say_who_is_trusted(cluster):
    flavor = declare_flavor(actor=None, cluster=cluster, name="l4", cards=2)
    with pytest.raises(PermissionDenied):
        change_flavor(actor=make_user(team_roles={"vision": "owner"}), flavor=flavor, trusted_teams=[make_team("vision")])
    assert not flavor.trusted_teams.exists()


@pytest.mark.parametrize("wrong", ["text", [1], [{"key": "a", "seconds": "1"}], [{"key": 1}]])
def test_what_is_no_toleration_is_refused_with_an_example(cluster, wrong):
    flavor = declare_flavor(actor=None, cluster=cluster, name="l4", cards=2)
    with pytest.raises(ValidationError, match="NoSchedule"):
        change_flavor(actor=None, flavor=flavor, tolerations=wrong)
