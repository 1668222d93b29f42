"""Where there is no room: the quota, the limits, the cards; each shortage with what would end it, and nothing that could not."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from audit.errors import Conflict
from clusters.models import CapacityAccount, GpuFlavor, Observed, Pod
from deployments.checks import refuse
from deployments.forms.change import ChangeForm
from deployments.forms.deploy import DeployForm
from deployments.models import ModelDeployment
from deployments.spec import Scaling
from deployments.wish import Trial
from tests.deploying import make_serving_namespace, make_spec, make_version, observe_pod, revise
from tests.deployments.asking import NAME, codes, found, observe_cards, observe_limits, observe_quota, with_cards
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db
QUOTA = {"requests.cpu": "2", "limits.cpu": "4", "requests.memory": "8Gi", "limits.memory": "8Gi", "pods": "10"}


@pytest.fixture
def namespace():
    make_version(aliases=("champion",))
    return make_serving_namespace()


def test_what_a_limit_range_forbids_is_wrong(namespace):
    observe_limits(namespace, cpu="500m", memory="1Gi")
    fields = {each.field for each in found(namespace) if each.code == "limit_range"}
    assert fields == {"cpu_limit", "memory_limit"}


SHORT = {"requests.cpu": "1", "limits.cpu": "2", "requests.memory": "2Gi", "limits.memory": "4Gi", "pods": "2"}


def followed(finding, user=None):
    """The form behind the finding's link, judged as it is filled in."""
    address = urlsplit(finding.repair_url)
    query = {key: values[0] for key, values in parse_qs(address.query).items()}
    user = user or make_user(team_roles={"vision": "member"})
    row = ModelDeployment.objects.first()
    if address.path == "/deployments/new/":
        return DeployForm(user=user, initial=query).judged
    assert address.path == f"/deployments/{row.pk}/edit/"
    return ChangeForm(user=user, deployment=row, initial=query).judged


@pytest.mark.parametrize("name", SHORT)
def test_too_little_quota_blocks_with_the_deployment_that_fits(namespace, name):
    observe_quota(namespace, {**QUOTA, name: SHORT[name]})
    finding = next(each for each in found(namespace, scaling=Scaling(3, 3), min_available=2) if each.code == "quota")
    assert (finding.level, finding.repair) == ("blocks", "Take 2 replicas")
    assert name in finding.message and "administrator raise the quota by" in finding.message
    form = followed(finding)
    assert form.found == [] and not form.errors
    spec = form.wish.spec
    assert (spec.source, spec.size, spec.scaling.minimum, spec.scaling.maximum) == (make_spec().source, make_spec().size, 2, 2)
    assert (form.wish.name, form.wish.namespace, spec.min_available) == (NAME, namespace.name, 1)


@pytest.mark.parametrize("wished", [{}, {"scaling": Scaling(3, 3)}], ids=["one", "three"])
def test_where_not_even_one_replica_fits_no_form_is_offered_that_could_not_help(namespace, wished):
    observe_quota(namespace, {**QUOTA, "limits.memory": "64Mi"})
    finding = next(each for each in found(namespace, **wished) if each.code == "quota")
    assert (finding.repair, finding.repair_url) == ("", "")
    assert "cannot be asked for here" in finding.message


def test_what_blocks_can_be_confirmed_and_what_is_wrong_cannot(namespace):
    observe_quota(namespace, {"pods": "0"})
    with pytest.raises(Conflict) as caught:
        refuse(found(namespace), confirmed=False)
    assert caught.value.code == "would_not_start"
    refuse(found(namespace), confirmed=True)


def test_what_it_holds_already_is_given_back(namespace):
    spec = make_spec()
    revise(namespace, NAME, spec)
    observe_quota(namespace, QUOTA | {"limits.cpu": "1"}, {"limits.cpu": "1"})
    assert codes(namespace, spec=spec, exposure="outside") == set()


def test_old_and_new_pods_must_fit_side_by_side(namespace):
    spec = make_spec()
    revise(namespace, NAME, spec)
    observe_quota(namespace, QUOTA | {"limits.cpu": "1"}, {"limits.cpu": "1"})
    bigger = replace(spec.size, memory_request=spec.size.memory_request + 1)
    finding = next(each for each in found(namespace, size=bigger) if each.code == "surge")
    assert (finding.level, finding.field) == ("blocks", "strategy")
    assert "recreate" in finding.message
    form = followed(finding)
    assert form.found == [] and form.wish.spec.strategy == "recreate" and form.wish.spec.size == bigger
    assert codes(namespace, size=bigger, strategy="recreate") == set()


def test_a_candidate_stands_beside_and_is_counted_on_top(namespace):
    spec = make_spec()
    revise(namespace, NAME, spec)
    observe_quota(namespace, QUOTA | {"limits.cpu": "1"}, {"limits.cpu": "1"})
    assert codes(namespace, trial=Trial(20)) == {"quota"}
    observe_quota_again(namespace, {"limits.cpu": "2"}, {"limits.cpu": "1"})
    assert codes(namespace, trial=Trial(20)) == set()


def observe_quota_again(namespace, hard, used):
    Observed.objects.filter(kind="ResourceQuota").delete()
    observe_quota(namespace, QUOTA | hard, used)


def test_a_paused_deployment_holds_nothing(namespace):
    row = revise(namespace, NAME, make_spec())
    type(row).objects.update(paused=True)
    observe_quota(namespace, QUOTA | {"limits.cpu": "1"}, {"limits.cpu": "1"})
    assert codes(namespace, exposure="outside") == {"quota"}


def test_cards_that_are_not_free_block(namespace):
    node = observe_cards(namespace, cards=2)
    row = revise(namespace, NAME, make_spec(size=with_cards(1)))
    observe_pod(row, node=node.name, requests={"nvidia.com/gpu": "1"})
    assert codes(namespace, size=with_cards(1), name="other") == set()
    finding = next(each for each in found(namespace, size=with_cards(2), name="other") if each.code == "cards")
    assert finding.level == "blocks"
    assert "1 are free" in finding.message
    assert codes(namespace, size=with_cards(2)) == {"cards"} - {"cards"}, "its own card is given back"
    Pod.objects.all().delete()
    assert codes(namespace, size=with_cards(2), name="other") == set()


def test_a_flavor_that_was_not_granted_blocks_though_the_cluster_counts_it_with_another(namespace):
    granted = namespace.quota.gpus["h100"]
    observe_cards(namespace, cards=granted + 2)
    account = CapacityAccount.objects.create(cluster=namespace.cluster, key="gpu:b200")
    GpuFlavor.objects.create(cluster=namespace.cluster, name="b200", resource_name="nvidia.com/gpu", account=account)
    node = observe_cards(namespace, "b200")
    finding = next(each for each in found(namespace, size=with_cards(1, "b200")) if each.code == "granted")
    assert (finding.level, finding.field) == ("blocks", "flavor")
    assert "0 cards of b200 granted" in finding.message and finding.repair == f"Take H100: {granted} are free"
    assert followed(finding).wish.spec.size.flavor == "h100"
    assert "granted" not in codes(namespace, size=with_cards(granted))
    assert "granted" in codes(namespace, size=with_cards(granted + 1))
    node.delete()
    GpuFlavor.objects.filter(name="b200").delete()
    assert "granted" not in codes(namespace, size=with_cards(granted + 1)), "one flavor alone is the quota's matter"


def shared_flavor(namespace, *teams):
    account = namespace.cluster.flavors.get(name="h100").account
    flavor = GpuFlavor.objects.create(cluster=namespace.cluster, name="l4", account=account, installed=4, shared=True)
    flavor.trusted_teams.set(teams)
    return flavor


def test_a_shared_flavor_serves_those_who_are_trusted_and_says_what_it_does_not_isolate(namespace):
    shared_flavor(namespace, namespace.team)
    observe_cards(namespace, "l4")
    finding = next(each for each in found(namespace, size=with_cards(1, "l4")) if each.code == "shared")
    assert finding.level == "warns"
    assert "not isolated" in finding.message
    refuse(found(namespace, size=with_cards(1, "l4")), confirmed=False)


@pytest.mark.parametrize("trusted", [[], ["speech"]])
def test_a_shared_flavor_of_others_cannot_be_used(namespace, trusted):
    shared_flavor(namespace, *map(make_team, trusted))
    finding = next(each for each in found(namespace, size=with_cards(1, "l4")) if each.code == "not_trusted")
    assert (finding.level, finding.field) == ("wrong", "flavor")
