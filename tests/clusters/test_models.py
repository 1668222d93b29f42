"""Credentials at rest, network profiles, GPU flavors of nodes, the ledger."""

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection
from django.utils import timezone

from clusters.gpus import flavors_of, short_name
from clusters.models import Allotment, CapacityAccount, Cluster, GpuFlavor, Node, Observed, Pod
from clusters.network_profile import default_profile, validate
from clusters.queries import ledger
from clusters.recount import recount

CANARY = "token-canary-7f3a"


def stored(cluster):
    with connection.cursor() as cursor:
        cursor.execute("SELECT kubeconfig FROM clusters_cluster WHERE id = %s", [cluster.pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_credential_is_ciphertext_in_the_database_and_in_dumps_and_hidden_in_reprs():
    cluster = Cluster.objects.create(name="main", kubeconfig=CANARY)
    assert CANARY not in stored(cluster)
    fresh = Cluster.objects.get()
    assert fresh.kubeconfig == CANARY
    assert CANARY not in repr(fresh) + repr(fresh.__dict__) + str(fresh)
    assert CANARY not in serializers.serialize("json", [fresh])


@pytest.mark.django_db
def test_a_credential_is_readable_after_the_key_was_changed_and_not_without_the_old_key(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIALS_KEYS = [old]
    cluster = Cluster.objects.create(name="main", kubeconfig=CANARY)
    settings.CREDENTIALS_KEYS = [new, old]
    fresh = Cluster.objects.get()
    assert fresh.kubeconfig == CANARY
    fresh.save()
    settings.CREDENTIALS_KEYS = [new]
    assert Cluster.objects.get().kubeconfig == CANARY
    settings.CREDENTIALS_KEYS = [old]
    with pytest.raises(ImproperlyConfigured, match="SLIPWAY_CREDENTIALS_KEY"):
        Cluster.objects.get(pk=cluster.pk)


def test_the_default_profile_is_valid_and_keeps_the_metadata_address_out():
    profile = default_profile()
    validate(profile)
    assert {"169.254.169.254/32", "fd00:ec2::254/128"} <= set(profile["metadata_addresses"])
    assert {"10.0.0.0/8", "fc00::/7"} <= set(profile["private_ranges"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"private_ranges": ["10.0.0.0/99"]}, "private_ranges"),
        ({"private_ranges": "10.0.0.0/8"}, "private_ranges"),
        ({"metadata_addresses": []}, "metadata_addresses"),
        ({"dns": {"targets": [], "ports": []}}, "dns"),
        ({"dns": {"targets": [{"cidr": "10.96.0.10/32"}], "ports": [{"protocol": "UDP", "port": 0}]}}, "dns"),
        ({"gateway_namespaces": {}}, "gateway_namespaces"),
        ({"prometheus_namespace": None}, "prometheus_namespace"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(change, named):
    with pytest.raises(ValidationError, match=named):
        validate({**default_profile(), **change})


def test_a_profile_without_a_key_is_refused():
    profile = default_profile()
    del profile["dns"]
    with pytest.raises(ValidationError, match="dns"):
        validate(profile)


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ("NVIDIA-H100-80GB-HBM3", "h100"),
        ("NVIDIA-A100-SXM4-40GB", "a100"),
        ("NVIDIA-L40S", "l40s"),
        ("Tesla-T4", "t4"),
        ("NVIDIA-GeForce-RTX-4090", "rtx-4090"),
        ("NVIDIA-B200", "b200"),
        ("NVIDIA-GH200-480GB", "gh200"),
        ("Tesla-V100-SXM2-16GB", "v100"),
        ("NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", "a100-mig-1g-5gb"),
        ("NVIDIA-A10G-SHARED", "a10g-shared"),
        ("Some Other Card", "some-other-card"),
    ],
)
def test_products_get_short_names(product, name):
    assert short_name(product) == name


def test_only_devices_of_vendors_are_flavors():
    allocatable = {
        "cpu": "8",
        "memory": "1Gi",
        "hugepages-2Mi": "0",
        "ephemeral-storage": "1",
        "amd.com/gpu": "2",
        "nvidia.com/gpu": "0",
        "x/y": "1",
    }
    assert [(seen.name, seen.cards) for seen in flavors_of({}, {**allocatable, "attachable.k8s.io/x": "4"})] == [("amd-gpu", 2)]


def node(cluster, name, labels=None, **allocatable):
    resources = {key.replace("__", "/").replace("_", "."): value for key, value in allocatable.items()}
    return Node.objects.create(cluster=cluster, name=name, uid=name, labels=labels or {}, allocatable=resources, observed_at=timezone.now())


@pytest.mark.django_db
def test_two_names_for_the_cards_of_a_node_share_an_account_and_count_once():
    cluster = Cluster.objects.create(name="main")
    Node.objects.create(
        cluster=cluster, name="n", uid="n", allocatable={"nvidia.com/gpu": "8", "nvidia.com/gpu.shared": "16"}, observed_at=timezone.now(),
        labels={"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"},
    )  # fmt: skip
    recount(cluster)
    assert GpuFlavor.objects.count() == 2
    assert len({flavor.account_id for flavor in GpuFlavor.objects.all()}) == 1
    assert CapacityAccount.objects.get(key__startswith="gpu:").installed == 16


@pytest.mark.django_db
def test_two_products_of_one_short_name_stay_apart():
    cluster = Cluster.objects.create(name="main")
    for number, product in enumerate(["NVIDIA-A100-SXM4-40GB", "NVIDIA-A100-SXM4-80GB"]):
        node(cluster, f"n{number}", {"nvidia.com/gpu.product": product}, nvidia_com__gpu="4")
    recount(cluster)
    assert {flavor.name: flavor.installed for flavor in GpuFlavor.objects.all()} == {"a100": 4, "nvidia-a100-sxm4-80gb": 4}
    assert CapacityAccount.objects.filter(key__startswith="gpu:").count() == 2


@pytest.mark.django_db
def test_a_recount_keeps_a_ceiling_that_was_set_by_hand_and_all_grants():
    cluster = Cluster.objects.create(name="main", overcommit="1.50")
    node(cluster, "n", cpu="10", memory="1Gi", amd_com__gpu="4")
    recount(cluster)
    assert CapacityAccount.objects.get(key="cpu").ceiling == 15_000
    CapacityAccount.objects.filter(key="gpu:amd-gpu").update(ceiling=3, ceiling_fixed=True, granted=2)
    node(cluster, "m", cpu="10", memory="1Gi", amd_com__gpu="4")
    recount(cluster)
    account = CapacityAccount.objects.get(key="gpu:amd-gpu")
    assert (account.installed, account.ceiling, account.granted) == (8, 3, 2)


@pytest.mark.django_db
def test_the_ledger_says_what_is_used_by_whom_and_what_is_left():
    cluster = Cluster.objects.create(name="main")
    h100, a100 = ({"nvidia.com/gpu.product": f"NVIDIA-{name}"} for name in ("H100", "A100"))
    node(cluster, "h", h100, cpu="64", memory="512Gi", nvidia_com__gpu="8")
    node(cluster, "a", a100, cpu="64", memory="512Gi", nvidia_com__gpu="4")
    recount(cluster)
    account = CapacityAccount.objects.get(key="gpu:h100")
    CapacityAccount.objects.filter(pk=account.pk).update(granted=2)
    Allotment.objects.create(account=account, holder="namespace.1", amount=2)
    for name, on, cards, phase in [("p", "h", 3, "Running"), ("q", "a", 1, "Running"), ("r", "h", 4, "Succeeded"), ("s", "", 4, "Pending")]:
        requests = {"cpu": 1000, "nvidia.com/gpu": cards}
        Pod.objects.create(
            cluster=cluster, namespace="x", name=name, uid=name, node=on, phase=phase, requests=requests, observed_at=timezone.now()
        )
    body = {"status": {"used": {"requests.cpu": "7500m", "requests.memory": "2Gi"}}}
    Observed.objects.create(
        cluster=cluster, api_version="v1", kind="ResourceQuota", namespace="x", name="q", uid="q", resource_version="1",
        owner="namespace.1", body=body, observed_at=timezone.now(),
    )  # fmt: skip
    lines = {line.key: line for line in ledger(cluster)}
    assert (lines["gpu:h100"].used, lines["gpu:h100"].free, lines["gpu:h100"].holders) == (3, 5, {"namespace.1": 2})
    assert (lines["gpu:a100"].used, lines["gpu:a100"].free) == (1, 3)
    assert (lines["cpu"].used, lines["memory"].used) == (7500, 2 * 2**30)
    assert (lines["storage"].installed, lines["storage"].free) == (None, None)
