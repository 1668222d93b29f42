"""What is read of a cluster's KServe, and what follows when it changes."""

import json
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from audit.models import Entry
from clusters import serving_reading
from clusters.actions import change_cluster
from clusters.models import Cluster
from clusters.serving import ClusterServing, serving_of
from clusters.serving_reading import read_serving, refresh_if_due, refresh_serving
from deployments.models import ModelDeployment
from kube.errors import ApiError
from tests.deploying import make_deployment

RUNTIMES = "/apis/serving.kserve.io/v1alpha1"
CONFIG = "/api/v1/namespaces/kserve/configmaps/inferenceservice-config"


class Site:
    """An API server of which only what the reading asks for is there."""

    def __init__(self, *fields, predictor=(), spelling="Standard", ingress=None, groups=(), storage=(), runtimes=()):
        self.version, self.asked = "7", []
        spec = {name: {} for name in fields} | {"predictor": {"properties": {name: {} for name in predictor}}}
        schema = {"openAPIV3Schema": {"properties": {"spec": {"properties": spec}}}}
        self.definition = {"spec": {"versions": [{"name": "v1beta1", "schema": schema}]}} if fields is not None else None
        data = {"deploy": json.dumps({"defaultDeploymentMode": spelling}), "ingress": json.dumps(ingress or {})}
        listed = [{"name": name, "versions": [{"version": version}]} for name, version in groups]
        kinds = {place: [{"kind": kind} for kind, where in serving_reading.SERVED.items() if where == place] for place in groups}
        self.answers = {
            "/apis": {"groups": listed},
            **{f"/apis/{name}/{version}": {"resources": kinds[name, version]} for name, version in groups},
            CONFIG: {"data": data},
            f"{RUNTIMES}/clusterservingruntimes": {"items": list(runtimes), "metadata": {"resourceVersion": "1"}},
            f"{RUNTIMES}/clusterstoragecontainers": {"items": list(storage), "metadata": {"resourceVersion": "1"}},
        }

    def request(self, method, path, **_options):
        self.asked.append(path)
        if path.endswith(serving_reading.DEFINITION):
            if self.definition is None:
                raise ApiError(404, "NotFound", details={"name": serving_reading.DEFINITION})
            return {"metadata": {"resourceVersion": self.version}, **self.definition}
        if path not in self.answers:
            raise ApiError(404, "NotFound", details={"name": "x"})
        return self.answers[path]


def test_the_newest_kserve_has_canaries_and_can_be_stopped():
    found = read_serving(Site("canary", predictor=("storageUris",)))
    assert (found.installed, found.canary, found.stops) == (True, True, True)


def test_of_an_old_kserve_it_is_not_known_whether_it_can_be_stopped():
    found = read_serving(Site("transformer", predictor=("model",)))
    assert (found.canary, found.stops) == (False, None)


@pytest.mark.parametrize(
    ("spelling", "mode"),
    [("RawDeployment", "Standard"), ("Standard", "Standard"), ("Serverless", "Knative"), ("Knative", "Knative"), ("ModelMesh", "")],
)
def test_the_mode_is_known_by_its_old_and_its_new_name_and_kept_as_the_cluster_spells_it(spelling, mode):
    found = read_serving(Site("predictor", spelling=spelling))
    assert (found.mode, found.spelling) == (mode, spelling)


def test_without_kserve_nothing_is_installed_but_kinds_are_known():
    site = Site(groups=[("autoscaling", "v1"), ("autoscaling", "v2"), ("policy", "v1beta1"), ("networking.k8s.io", "v1")])
    site.definition = None
    found = read_serving(site)
    assert not found.installed and found.kinds == {"HorizontalPodAutoscaler", "Ingress"}


def test_a_group_without_the_kind_does_not_serve_it():
    site = Site("predictor", groups=[("monitoring.coreos.com", "v1"), ("policy", "v1")])
    site.answers["/apis/monitoring.coreos.com/v1"] = {"resources": [{"kind": "PodMonitor"}]}
    assert read_serving(site).kinds == {"PodDisruptionBudget"}


def test_where_models_can_be_fetched_from_is_told_by_the_storage_containers():
    container = {"securityContext": {"runAsNonRoot": True}}
    formats = [{"prefix": "mlflow-artifacts:"}, {"regex": "https://(.+?).blob.example/(.+)"}]
    storage = [{"metadata": {"name": "default"}, "spec": {"container": container, "supportedUriFormats": formats}}]
    found = read_serving(Site("predictor", storage=storage))
    assert {"s3://", "pvc://", "mlflow-artifacts:"} <= set(found.uri_prefixes)
    assert found.uri_patterns == ("https://(.+?).blob.example/(.+)",) and found.initializer == {"runAsNonRoot": True}


def test_a_broken_configuration_is_a_problem_and_no_failure():
    site = Site("predictor")
    site.answers[CONFIG] = {"data": {"deploy": "{", "ingress": "[]"}}
    found = read_serving(site)
    assert found.installed and found.mode == "Knative" and len(found.problems) == 1


def test_what_was_read_comes_back_as_it_was_kept():
    runtimes = [{"metadata": {"name": "r"}, "spec": {"supportedModelFormats": [{"name": "mlflow", "version": "3", "autoSelect": True}]}}]
    found = read_serving(Site("canary", runtimes=runtimes, groups=[("policy", "v1")], ingress={"ingressDomain": "ml.example"}))
    assert ClusterServing.load(json.loads(json.dumps(found.dump()))) == found
    assert found.runtimes[0].formats[0].auto and found.domain == "ml.example"


@pytest.fixture
def deployment(db):
    deployment = make_deployment()
    ModelDeployment.objects.update(next_reconcile_at=None)
    return deployment


def test_deployments_are_looked_at_again_when_the_cluster_serves_differently(deployment, monkeypatch):
    site = Site("canary")
    monkeypatch.setattr(serving_reading, "connection", lambda cluster: site)
    assert refresh_serving(deployment.cluster)
    deployment.refresh_from_db()
    assert deployment.next_reconcile_at is not None
    ModelDeployment.objects.update(next_reconcile_at=None)
    assert not refresh_serving(deployment.cluster)
    deployment.refresh_from_db()
    assert deployment.next_reconcile_at is None


def test_a_quiet_cluster_is_asked_for_one_small_thing(deployment, monkeypatch):
    site = Site("canary")
    monkeypatch.setattr(serving_reading, "connection", lambda cluster: site)
    monkeypatch.setattr(serving_reading, "_read", {})
    refresh_if_due(deployment.cluster)
    site.asked.clear()
    refresh_if_due(deployment.cluster)
    assert len(site.asked) == 1
    for change in (lambda: setattr(site, "version", "8"), lambda: serving_reading.read_again(deployment.cluster.pk)):
        change()
        site.asked.clear()
        refresh_if_due(deployment.cluster)
        assert len(site.asked) > 3


def test_what_has_just_changed_is_read_again_soon_and_then_ever_more_seldom(deployment, monkeypatch):
    site, clock = Site("canary"), [100.0]
    monkeypatch.setattr(serving_reading, "connection", lambda cluster: site)
    monkeypatch.setattr(serving_reading, "_read", {})
    monkeypatch.setattr(serving_reading, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    read = []
    for _second in range(200):
        site.asked.clear()
        refresh_if_due(deployment.cluster)
        if len(site.asked) > 1:
            read.append(clock[0] - 100)
        clock[0] += 1
    assert read == [0, 4, 12, 28, 60, 120, 180]


def test_an_administrator_corrects_what_was_read(db):
    cluster = Cluster.objects.create(name="fra-1", capabilities={"serving": ClusterServing(installed=True, domain="a.example").dump()})
    change_cluster(actor=None, cluster=cluster, serving_override={"domain": "b.example", "stops": False})
    cluster.refresh_from_db()
    assert (serving_of(cluster).domain, serving_of(cluster).stops, serving_of(cluster).installed) == ("b.example", False, True)
    assert Entry.objects.get(action="cluster.change").detail["changed"] == ["serving_override"]


@pytest.mark.parametrize("wrong", [["x"], {"domain": 1}, {"mode": "Serverless"}, {"stops": "yes"}, {"kubeconfig": "x"}])
def test_a_correction_that_says_nothing_known_is_refused(db, wrong):
    cluster = Cluster.objects.create(name="fra-1")
    with pytest.raises(ValidationError):
        change_cluster(actor=None, cluster=cluster, serving_override=wrong)
