"""What a yes would leave, and what a namespace uses of its quota."""

import pytest
from django.utils import timezone

from clusters.models import CapacityAccount, GpuFlavor, Observed
from tenants.gauges import gauges
from tenants.outlook import outlook
from tenants.resources import Resources
from tests.tenancy import GIB, make_cluster, make_namespace

pytestmark = pytest.mark.django_db


def by_key(cluster: object, asked: Resources) -> dict[str, object]:
    return {row.key: row for row in outlook(cluster, asked)}  # type: ignore[arg-type]


def test_what_fits_leaves_the_rest_and_what_does_not_says_by_how_much() -> None:
    cluster = make_cluster(h100=16)
    CapacityAccount.objects.filter(key="gpu:h100").update(granted=10)
    fits = by_key(cluster, Resources(gpus={"h100": 6}))["gpu:h100"]
    assert (fits.after, fits.fits, fits.within, fits.over, fits.missing) == (0, True, 6, 0, 0)  # type: ignore[attr-defined]
    short = by_key(cluster, Resources(gpus={"h100": 9}))["gpu:h100"]
    assert (short.after, short.fits, short.within, short.over, short.missing) == (-3, False, 6, 3, 3)  # type: ignore[attr-defined]


def test_an_account_without_a_ceiling_always_fits() -> None:
    row = by_key(make_cluster(), Resources(storage=10**15))["storage"]
    assert (row.after, row.fits, row.over) == (None, True, 0)  # type: ignore[attr-defined]


def test_only_what_is_asked_is_listed_when_told_so() -> None:
    assert [row.key for row in outlook(make_cluster(), Resources(cpu=1), only_asked=True)] == ["cpu"]


def observe(namespace: object, used: dict[str, str]) -> None:
    Observed.objects.create(
        cluster=namespace.cluster,
        api_version="v1",
        kind="ResourceQuota",
        namespace=str(namespace),
        name="slipway-quota",
        uid="u",  # type: ignore[attr-defined]
        resource_version="1",
        owner=namespace.holder,
        body={"status": {"used": used}},
        observed_at=timezone.now(),  # type: ignore[attr-defined]
    )


def test_use_is_what_the_api_server_counts() -> None:
    namespace = make_namespace(gpus={"h100": 2})
    observe(namespace, {"requests.cpu": "1500m", "requests.memory": "8Gi", "requests.nvidia.com/gpu": "3"})
    bars = {bar.key: bar for bar in gauges([namespace])[namespace.pk]}
    assert (bars["cpu"].used, bars["cpu"].granted, bars["cpu"].idle) == (1500, 8000, 6500)
    assert bars["memory"].used == 8 * GIB
    gpu = bars["gpu:nvidia.com/gpu"]
    assert (gpu.label, gpu.within, gpu.over) == ("H100", 2, 1)


def test_use_that_nobody_has_seen_is_not_zero() -> None:
    namespace = make_namespace()
    assert all(bar.used is None for bar in gauges([namespace])[namespace.pk])


def test_flavors_that_share_a_name_in_the_cluster_share_a_bar_that_says_so() -> None:
    cluster = make_cluster()
    GpuFlavor.objects.create(cluster=cluster, name="a100", display_name="A100", account=CapacityAccount.objects.get(key="gpu:h100"))
    namespace = make_namespace(cluster, gpus={"h100": 2, "a100": 1})
    [bar] = [bar for bar in gauges([namespace])[namespace.pk] if bar.key.startswith("gpu:")]
    assert (bar.granted, bar.shared_by) == (3, "A100 1, H100 2")


def test_many_namespaces_cost_no_more_queries_than_one(django_assert_num_queries: object) -> None:
    cluster = make_cluster()
    rows = [make_namespace(cluster) for _ in range(4)]
    with django_assert_num_queries(2 + len(rows)):  # type: ignore[operator] # the grants of rows that nobody prefetched
        gauges(rows)
