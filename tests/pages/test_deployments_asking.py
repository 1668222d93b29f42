"""The form of a deployment: what it offers, what it answers while somebody types, and what becomes of it when it is sent."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Team
from approvals.models import Request
from clusters.models import GpuFlavor, Observed
from deployments.models import ModelDeployment
from registry.models import ModelAlias
from tenants.models import Namespace
from tests.deploying import let_serve, make_deployment, make_model, make_serving_namespace, make_spec, make_version, move_alias
from tests.factories import make_team, make_user
from tests.pages.browsing import page_client
from tests.tenancy import make_cluster, make_namespace

pytestmark = pytest.mark.django_db
NEW, CHECK = "/deployments/new/", "/deployments/check/"


@pytest.fixture
def space() -> Namespace:
    """Where vision serves, with three versions of "defects": champion and challenger are the later two."""
    namespace = make_serving_namespace()
    make_version("defects")
    make_version("defects", aliases=("champion",))
    make_version("defects", aliases=("challenger",))
    return namespace


@pytest.fixture
def alice(space: Namespace) -> Client:
    return page_client(make_user("alice", {"vision": "member"}))


def filled(space: Namespace, **changes: Any) -> dict[str, Any]:
    sizes = {"cpu_request": "500m", "cpu_limit": "1", "memory_request": "1Gi", "memory_limit": "2Gi"}
    more = {"minimum": "1", "maximum": "1", "exposure": "cluster", "strategy": "rolling"}
    return {
        "namespace": space.pk,
        "name": "detector",
        "source": "model",
        "model": "defects",
        "pick": "2@champion",
        **sizes,
        **more,
        **changes,
    }


def test_answers_come_in_the_order_of_the_questions(alice: Client) -> None:
    # An answer about what was typed before would else stand beside what is picked now.
    form = alice.get(NEW).content.decode().partition('id="deploy"')[2]
    ways = re.findall(r'hx-sync="([^"]*)"', form)
    assert len(ways) > 10 and set(ways) == {"closest form:queue all"}


def check(client: Client, edited: str, sent: dict[str, Any]) -> str:
    answer = client.post(CHECK, sent, headers={"HX-Trigger-Name": edited})
    assert answer.status_code == 200
    return answer.content.decode()


def errors_of(answer: Any) -> str:
    form = answer.context["form"]
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def test_a_member_deploys_what_an_alias_names_and_the_version_is_pinned(alice: Client, space: Namespace) -> None:
    answer = alice.post(NEW, filled(space, reason="For line 3.", follows="on"))
    row = ModelDeployment.objects.get()
    assert answer.url == f"/deployments/{row.pk}/" and row.follows == "champion"
    assert row.revision and row.revision.reason == "For line 3."
    source = row.revision.spec.source
    assert (source.model, source.version, source.alias, row.revision.spec.runtime) == ("defects", 2, "champion", "mlflow")


def test_arguments_that_a_runtime_does_not_take_are_answered_and_never_dropped(alice: Client, space: Namespace) -> None:
    refused = alice.post(NEW, filled(space, args="--fast"))
    assert refused.status_code == 422 and "takes no arguments" in errors_of(refused)
    alice.post(NEW, filled(space, runtime="vllm", args="--max-model-len 4096"))
    row = ModelDeployment.objects.get()
    assert row.revision and row.revision.spec.args == ("--max-model-len", "4096")
    assert "--max-model-len 4096" in alice.get(f"/deployments/{row.pk}/edit/").content.decode()


def test_an_alias_is_followed_only_where_that_was_asked(alice: Client, space: Namespace) -> None:
    alice.post(NEW, filled(space))
    alice.post(NEW, filled(space, name="other", pick="3", follows="on"))
    assert set(ModelDeployment.objects.values_list("name", "follows")) == {("detector", ""), ("other", "")}


def test_an_alias_that_moved_since_the_page_was_made_is_answered(alice: Client, space: Namespace) -> None:
    move_alias("champion", make_version("defects"))
    answer = alice.post(NEW, filled(space))
    assert answer.status_code == 422 and "names version 4 now" in errors_of(answer) and not ModelDeployment.objects.exists()


def test_everything_that_is_filled_in_stands_in_the_revision(alice: Client, space: Namespace) -> None:
    env = {"env_name": ["HF_TOKEN", ""], "env_source": ["secret", "secret"], "env_object": ["hub", ""], "env_key": ["token", ""]}
    scaling = {"minimum": "2", "maximum": "2", "down_seconds": "60", "min_available": "1"}
    rest = {"ready_path": "/up", "startup_seconds": "90", "spread": "zones", "strategy": "recreate", "protocol": "v1", "runtime": "sklearn"}
    assert alice.post(NEW, filled(space, flavor="h100", gpus="1", **env, **scaling, **rest), follow=True).status_code == 200
    spec = ModelDeployment.objects.get().revision.spec  # type: ignore[union-attr]
    assert (spec.size.flavor, spec.size.gpus, spec.scaling.minimum) == ("h100", 1, 2)
    assert [(each.name, each.source, each.object, each.key) for each in spec.env] == [("HF_TOKEN", "secret", "hub", "token")]
    assert (spec.ready_path, spec.startup_seconds, spec.spread, spec.strategy, spec.protocol) == ("/up", 90, "zones", "recreate", "v1")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "required"),
        ({"name": "Detector"}, "lowercase"),
        ({"name": "x" * 41}, "at most 40"),
        ({"namespace": "987654"}, "Choose a namespace"),
        ({"model": ""}, "Choose a model"),
        ({"model": "nothing"}, "no model"),
        ({"pick": ""}, "Choose a version"),
        ({"pick": "99"}, "no version 99"),
        ({"pick": "2@nobody"}, "no alias"),
        ({"cpu_request": "-1"}, "without a sign"),
        ({"cpu_request": "2"}, "below the request"),
        ({"memory_request": " 2Gi"}, "without spaces"),
        ({"memory_limit": "512Mi"}, "below the request"),
        ({"gpus": "0.5", "flavor": "h100"}, "given whole"),
        ({"gpus": "1"}, "or neither"),
        ({"flavor": "b200", "gpus": "1"}, "no GPU flavor"),
        ({"minimum": "two"}, "whole number"),
        ({"minimum": "3", "maximum": "2"}, "not below the minimum"),
        ({"minimum": "1", "maximum": "2"}, "by what it scales"),
        ({"exposure": "everywhere"}, "not offered"),
        ({"source": "uri", "uri": "s3://others/model"}, "does not belong"),
        ({"source": "uri", "uri": "https://example.org/x"}, "s3://bucket/path or pvc://"),
        ({"source": "image", "image": "registry.example.org/x:1"}, "not allowed"),
        ({"env_name": "A B", "env_source": "secret", "env_object": "o", "env_key": "k"}, "ConfigMap or Secret"),
    ],
)
def test_what_cannot_stand_is_answered_with_what_to_do_and_deploys_nothing(
    alice: Client, space: Namespace, changes: dict[str, str], words: str
) -> None:
    answer = alice.post(NEW, filled(space, **changes))
    assert answer.status_code == 422 and words in errors_of(answer)
    assert not ModelDeployment.objects.exists() and not Request.objects.filter(kind="deployment").exists()


def test_part_of_a_card_is_answered_with_the_shared_flavor_and_who_may_use_it(alice: Client, space: Namespace) -> None:
    account = GpuFlavor.objects.get().account
    shared = GpuFlavor.objects.create(cluster=space.cluster, name="h100-shared", account=account, shared=True)
    assert "there is h100-shared; ask an administrator to name your team there" in check(alice, "gpus", filled(space, gpus="0.5"))
    shared.trusted_teams.add(space.team)
    assert "take 1 of the shared flavor h100-shared" in check(alice, "gpus", filled(space, gpus="0.5"))


def test_only_the_fields_of_the_chosen_source_count(alice: Client, space: Namespace) -> None:
    sent = filled(space, uri="s3://somewhere/else", image="registry.example.org/x:1", command="run")
    assert alice.post(NEW, sent).status_code == 302
    spec = ModelDeployment.objects.get().revision.spec  # type: ignore[union-attr]
    assert spec.source.kind == "model" and spec.command == ()


def test_another_teams_models_and_namespaces_are_not_offered(alice: Client, space: Namespace) -> None:
    speech = make_team("speech")
    make_version(make_model("whispers", speech))
    there = make_namespace(space.cluster, "speech", name="speech-dev")
    page = alice.get(NEW).content.decode()
    assert "defects" in page and "whispers" not in page and "speech-dev" not in page
    assert alice.post(NEW, filled(space, namespace=there.pk)).status_code == 422
    assert "no model" in errors_of(alice.post(NEW, filled(space, model="whispers", pick="1")))


def test_a_viewer_is_told_how_to_become_a_member(space: Namespace) -> None:
    page = page_client(make_user("vera", {"vision": "viewer"})).get(NEW).content.decode()
    assert "Ask an owner of the team" in page and 'id="deploy"' not in page


def test_a_link_fills_the_form_in_and_is_judged_at_once(alice: Client, space: Namespace) -> None:
    other = make_namespace(space.cluster, name="vision-other")
    let_serve(space.cluster)
    answer = alice.get(f"{NEW}?model=defects&alias=challenger&namespace=vision-other&name=counter")
    form = answer.context["form"]
    assert (form.place, form.now("pick"), form.alias) == (other, "3@challenger", "challenger")
    assert "Starts at once" in answer.content.decode() and f'value="{other.pk}" selected' in answer.content.decode()


def test_a_link_of_the_catalogue_names_a_version(alice: Client, space: Namespace) -> None:
    form = alice.get(f"{NEW}?model=defects&version=1").context["form"]
    assert (form.now("model"), form.now("pick"), form.version.number) == ("defects", "1", 1)


def test_the_aliases_are_offered_with_the_versions_that_they_pin(alice: Client, space: Namespace) -> None:
    page = check(alice, "model", filled(space, pick=""))
    assert "champion → v2" in page and "challenger → v3" in page and '<option value="1">v1</option>' in page


def test_the_runtime_is_proposed_from_the_flavors_of_the_version(alice: Client, space: Namespace) -> None:
    make_version("trees", flavors={"xgboost": "3.0.0"})
    assert "XGBoost (proposed)" in check(alice, "pick", filled(space, model="trees", pick="1"))
    alice.post(NEW, filled(space, model="trees", pick="1"))
    assert ModelDeployment.objects.get().revision.spec.runtime == "xgboost"  # type: ignore[union-attr]


def test_a_choice_that_steers_others_brings_them_anew_and_keeps_what_was_typed(alice: Client, space: Namespace) -> None:
    answer = alice.post(CHECK, filled(space, cpu_request="250m"), headers={"HX-Trigger-Name": "model"})
    parts = [f'id="part-{name}" hx-swap-oob="true"' for name in ("model", "pick", "version", "runtime", "flavor", "targets")]
    html = answer.content.decode()
    assert all(part in html for part in parts) and 'id="verdict"' in html
    # What was typed elsewhere is not sent back: it may be older than what stands there by now.
    assert 'name="cpu_request"' not in html and "part-pick" not in check(alice, "cpu_request", filled(space))


def test_errors_are_sent_to_places_that_are_on_the_page(alice: Client, space: Namespace) -> None:
    whole = alice.get(NEW).content.decode()
    sent = check(alice, "model", filled(space, follows="on", confirmed="on", rps="3"))
    places = set(re.findall(r'id="(id_\w+_error)" hx-swap-oob', sent)) - {"id_follows_error"}
    assert "id_cpu_request_error" in places and all(f'id="{place}"' in whole for place in places), places


def test_while_typing_only_touched_fields_are_told_their_errors(alice: Client, space: Namespace) -> None:
    page = check(alice, "cpu_request", filled(space, name="", cpu_request="-1"))
    assert "without a sign" in page and "required" not in page
    assert "required" in check(alice, "name", filled(space, name=""))


def test_while_typing_it_says_whether_it_starts_and_what_it_takes(alice: Client, space: Namespace) -> None:
    tell_quota(space, used="7500m")
    page = check(alice, "cpu_limit", filled(space))
    assert "Starts at once" in page and "What it takes" in page and "7.5 + 0.5 of 8" in page


def test_a_shortage_is_told_with_a_link_to_what_would_fit_and_to_nothing_that_could_not_help(alice: Client, space: Namespace) -> None:
    tell_quota(space, used="7800m")
    page = check(alice, "cpu_limit", filled(space))
    assert "Would not start" in page and "cannot be asked for here" in page and "/namespaces/new/" not in page
    tell_quota(space, used="7200m")
    page = check(alice, "minimum", filled(space, minimum="2", maximum="2"))
    link = re.search(r'href="(/deployments/new/[^"]+)" data-fill>Take 1 replica<', page)
    assert link
    offered = alice.get(link[1].replace("&amp;", "&")).content.decode()
    assert 'name="minimum" value="1"' in offered and 'name="name" value="detector"' in offered and "2@champion" in offered


def tell_quota(space: Namespace, used: str) -> None:
    """As the watcher sees the namespace's quota."""
    body = {"spec": {"hard": {"requests.cpu": "8"}}, "status": {"used": {"requests.cpu": used}}}
    where = {"cluster": space.cluster, "namespace": space.name, "name": "slipway-quota", "owner": space.holder, "kind": "ResourceQuota"}
    Observed.objects.filter(kind="ResourceQuota").delete()
    Observed.objects.create(api_version="v1", uid="q", resource_version="1", body=body, observed_at=space.created_at, **where)


def test_what_would_not_start_is_deployed_only_after_a_word(alice: Client, space: Namespace) -> None:
    tell_quota(space, used="8")
    answer = alice.post(NEW, filled(space))
    page = answer.content.decode()
    assert answer.status_code == 422 and "Deploy anyway" in page and "Would not start" in page and not ModelDeployment.objects.exists()
    assert "Deploy anyway" not in alice.get(NEW).content.decode()
    assert alice.post(NEW, filled(space, confirmed="on")).status_code == 302 and ModelDeployment.objects.exists()


def test_an_approver_decides_what_policy_says_and_the_page_says_why_before(alice: Client, space: Namespace) -> None:
    sent = filled(space, exposure="outside", reason="Customers ask.")
    page = check(alice, "exposure", sent)
    assert "An approver decides this, because" in page and "exposed outside" in page
    answer = alice.post(NEW, sent)
    row = Request.objects.get(kind="deployment")
    assert answer.url == f"/requests/{row.pk}/" and row.justification == "Customers ask." and not ModelDeployment.objects.exists()


def test_where_an_approver_decides_a_reason_is_needed(alice: Client, space: Namespace) -> None:
    answer = alice.post(NEW, filled(space, exposure="outside"))
    assert answer.status_code == 422 and "Say why" in " ".join(answer.context["form"].errors["reason"])


def test_a_cluster_that_scales_by_requests_offers_those_targets(alice: Client, space: Namespace) -> None:
    assert 'name="cpu_target"' in check(alice, "namespace", filled(space))
    let_serve(space.cluster, mode="Knative", spelling="Knative")
    page = check(alice, "namespace", filled(space))
    assert 'name="concurrency"' in page and 'name="cpu_target"' not in page
    assert 'name="down_seconds"' in page and 'name="up_seconds"' not in page
    assert "never before it adds some" in page


def test_nothing_is_deployed_by_a_check(alice: Client, space: Namespace) -> None:
    check(alice, "name", filled(space))
    assert not ModelDeployment.objects.exists()


@pytest.mark.parametrize("query", ["?deployment=1", "?deployment=x", "?deployment=987654", "?request=987654", "?request=x"])
def test_a_check_of_what_is_not_there_is_a_404(space: Namespace, query: str) -> None:
    make_deployment(space)
    stranger = page_client(make_user("carol", {"speech": "owner"}))
    assert stranger.post(CHECK + query, {}).status_code == 404


def test_a_name_that_is_taken_makes_the_next_revision_of_it_only_from_its_own_page(alice: Client, space: Namespace) -> None:
    make_deployment(space, "detector", spec=make_spec())
    answer = alice.post(NEW, filled(space))
    assert answer.status_code == 422 and "stands in this namespace already" in errors_of(answer)
    assert ModelDeployment.objects.get().revisions.count() == 1


def test_with_several_namespaces_one_is_chosen_by_hand(alice: Client, space: Namespace) -> None:
    make_namespace(space.cluster, name="vision-other")
    assert alice.get(NEW).context["form"].place is None
    answer = alice.post(NEW, filled(space, namespace=""))
    assert answer.status_code == 422 and "Choose a namespace" in errors_of(answer)


def test_both_targets_can_be_set_together(alice: Client, space: Namespace) -> None:
    alice.post(NEW, filled(space, maximum="4", cpu_target="80", memory_target="70"))
    scaling = ModelDeployment.objects.get().revision.spec.scaling  # type: ignore[union-attr]
    assert scaling.automatic and scaling.targets == {"cpu": 80, "memory": 70}


@pytest.mark.parametrize("junk", ["'", "9" * 40, "٣", "-1", "1@", "@", "1@champion@x", "%00"])
def test_junk_in_a_link_or_a_field_is_no_crash(alice: Client, space: Namespace, junk: str) -> None:
    assert alice.get(f"{NEW}?model={junk}&version={junk}&namespace={junk}&alias={junk}").status_code == 200
    assert alice.post(NEW, filled(space, pick=junk, namespace=junk, source=junk)).status_code == 422


def test_a_model_whose_alias_stands_nowhere_is_still_shown_as_it_is(alice: Client, space: Namespace) -> None:
    ModelAlias.objects.all().delete()
    assert "no alias" in errors_of(alice.post(NEW, filled(space)))


def test_teams_without_a_namespace_are_told_to_ask_for_one() -> None:
    make_cluster()
    Team.objects.get_or_create(name="vision")
    page = page_client(make_user("alice", {"vision": "owner"})).get(NEW).content.decode()
    assert "Ask for one first" in page and "/namespaces/new/" in page
