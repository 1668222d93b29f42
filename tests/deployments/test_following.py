"""Following an alias: when it moves, the version that it names now is deployed by policy, asked for, or its refusal is recorded."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from approvals.actions import reject_request
from approvals.models import Request
from approvals.queries import tab
from audit.models import Entry
from deployments.actions import follow_alias, promote_candidate, promote_to, propose_moved_version, roll_back, roll_back_candidate
from deployments.models import DeploymentPolicy, ModelDeployment, Rollout
from deployments.spec import Scaling
from deployments.wish import Trial
from registry.hooks import on_alias_moved
from registry.models import Change
from tests.deploying import make_deployment, make_model, make_serving_namespace, make_spec, make_version, move_alias, revise
from tests.deployments.asking import NAME, approve, set_environment
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob():
    return make_user("bob", {"vision": "member"})


@pytest.fixture
def deployment(bob):
    version = make_version(aliases=("champion",))
    return make_deployment(name=NAME, spec=make_spec(version, scaling=Scaling(1, 3, cpu=80)), actor=bob, follows="champion")


def move(alias="champion", **fields):
    """The registry's synchronisation sees that the alias moved."""
    model = make_model()
    old = model.aliases.filter(name=alias).first()
    new = make_version(model, **fields)
    before = old.version if old else None
    move_alias(alias, new)
    for told in on_alias_moved:
        told(alias, model, before, new)
    return new


def try_version(deployment, actor, version, follows="champion"):
    """A candidate of this version beside what serves."""
    revise(deployment.namespace, NAME, make_spec(version), actor=actor, follows=follows, trial=Trial(20))
    return Rollout.objects.running().get(deployment=deployment)


def move_back(version, alias="champion"):
    """The alias names a version that was there before."""
    before = version.model.aliases.get(name=alias).version
    move_alias(alias, version)
    propose_moved_version(alias, version.model, before, version)


def test_the_app_is_told_of_moves():
    assert propose_moved_version in on_alias_moved


def test_a_move_is_deployed_at_once_where_nobody_has_to_decide(deployment, bob):
    version = move()
    row = ModelDeployment.objects.get()
    assert (row.revision.number, row.revision.model_version, row.revision.author) == (2, version, bob)
    assert row.revision.spec.source.alias == "champion"
    assert row.revision.spec.source.uri == version.download_uri
    assert row.revision.spec.scaling == Scaling(1, 3, cpu=80), "only the model changes"
    assert (row.follows, row.followed_by) == ("champion", bob), "it follows on"
    assert "champion" in row.revision.reason
    assert Entry.objects.filter(action="deployment.revise", actor=bob).count() == 2
    move()
    assert ModelDeployment.objects.get().revision.number == 3


def test_where_policy_asks_a_move_becomes_a_request_in_the_followers_name(deployment, bob):
    set_environment(deployment.namespace, "production")
    version = move()
    assert ModelDeployment.objects.get().revision.number == 1
    request = Request.objects.get(kind="deployment")
    assert (request.requester, request.requested["spec"]["source"]["version"]) == (bob, version.number)
    assert request.requested["follows"] == "champion"


def test_another_alias_or_model_moves_nothing(deployment):
    move("challenger")
    other = make_model("voices")
    move_alias("champion", make_version(other))
    propose_moved_version("champion", other, None, other.versions.first())
    assert ModelDeployment.objects.get().revision.number == 1


def test_an_alias_that_was_taken_away_moves_nothing(deployment):
    propose_moved_version("champion", make_model(), make_model().versions.first(), None)
    assert ModelDeployment.objects.get().revision.number == 1


def test_the_same_move_told_twice_is_one_revision(deployment):
    version = move()
    propose_moved_version("champion", make_model(), None, version)
    assert ModelDeployment.objects.get().revision.number == 2


@pytest.mark.parametrize("why", ["left", "inactive", "namespace on its way out"])
def test_what_cannot_follow_is_recorded_and_breaks_nothing(deployment, bob, why):
    if why == "left":
        bob.memberships.all().delete()
    elif why == "inactive":
        type(bob).objects.filter(pk=bob.pk).update(is_active=False)
    else:
        deployment.namespace.start_deletion()
    revisions = deployment.revisions.count()
    move()
    assert deployment.revisions.count() == revisions
    entry = Entry.objects.filter(action="deployment.not_followed").get()
    assert entry.detail["alias"] == "champion"
    assert entry.detail["reason"]


def test_one_that_cannot_follow_does_not_keep_the_others_from_it(deployment, bob):
    other = make_deployment(deployment.namespace, "other", spec=make_spec(), actor=bob, follows="champion")
    ModelDeployment.objects.filter(pk=deployment.pk).update(followed_by=make_user("gone", {"vision": "viewer"}))
    move()
    other.refresh_from_db()
    assert other.revision.number == 2


def test_one_that_is_being_deleted_follows_nobody(deployment):
    deployment.start_deletion(60)
    move()
    assert deployment.revisions.count() == 1


def test_a_paused_one_follows_and_stays_paused(deployment):
    ModelDeployment.objects.update(paused=True)
    move()
    row = ModelDeployment.objects.get()
    assert (row.revision.number, row.paused) == (2, True)


def test_following_begins_and_ends_by_a_word_with_its_record(deployment, bob):
    follow_alias(actor=bob, deployment=deployment, alias="")
    move()
    assert ModelDeployment.objects.get().revision.number == 1
    follow_alias(actor=bob, deployment=deployment, alias="champion")
    move()
    assert ModelDeployment.objects.get().revision.number == 2
    assert Entry.objects.filter(action="deployment.follow", actor=bob).count() == 2
    with pytest.raises(ValidationError):
        follow_alias(actor=bob, deployment=deployment, alias="nobody")


@pytest.mark.parametrize("end", [promote_candidate, roll_back_candidate])
def test_a_move_while_a_rollout_runs_is_proposed_when_it_has_ended(deployment, bob, end):
    rollout = try_version(deployment, bob, make_version())
    version = move()
    assert deployment.revisions.count() == 2, "nothing is proposed beside the candidate"
    assert Entry.objects.filter(action="deployment.follow_waits").count() == 1
    end(actor=bob, rollout=rollout)
    row = ModelDeployment.objects.get()
    assert (row.revision.number, row.revision.model_version, row.revision.author) == (3, version, bob)
    assert row.follows == "champion"


def test_only_what_the_alias_names_at_the_end_of_the_rollout_is_proposed(deployment, bob):
    first, rollout = deployment.revision.model_version, try_version(deployment, bob, make_version())
    move()
    move_back(first)
    roll_back_candidate(actor=bob, rollout=rollout)
    assert ModelDeployment.objects.get().revision.number == 1, "it names again what serves"


def test_where_policy_asks_the_end_of_the_rollout_opens_the_request(deployment, bob):
    rollout = try_version(deployment, bob, make_version())
    set_environment(deployment.namespace, "production")
    version = move()
    assert not Request.objects.filter(kind="deployment").exists(), "it would be about a revision that may not serve when it is decided"
    promote_candidate(actor=bob, rollout=rollout)
    request = Request.objects.get(kind="deployment")
    assert (request.requested["spec"]["source"]["version"], request.original["revision"]) == (version.number, 2)


def test_a_candidate_that_was_rolled_back_is_not_proposed_for_the_alias_that_moved_to_it(deployment, bob):
    candidate = make_version()
    rollout = try_version(deployment, bob, candidate)
    move_back(candidate)
    roll_back_candidate(actor=bob, rollout=rollout)
    assert ModelDeployment.objects.get().revision.number == 1
    assert "rolled back" in Entry.objects.get(action="deployment.not_followed").detail["reason"]


def test_a_rollout_that_ends_without_a_move_proposes_nothing(deployment, bob):
    version = move()
    roll_back(actor=bob, deployment=ModelDeployment.objects.get(), revision=deployment.revisions.get(number=1))
    rollout = try_version(ModelDeployment.objects.get(), bob, make_version())
    roll_back_candidate(actor=bob, rollout=rollout)
    row = ModelDeployment.objects.get()
    assert row.revision.model_version != version, "what was rolled back by a person comes back by the alias's next move only"
    assert row.revision.number == 3


def test_a_roll_back_goes_on_following(deployment, bob):
    move()
    carol = make_user("carol", {"vision": "member"})
    roll_back(actor=carol, deployment=ModelDeployment.objects.get(), revision=deployment.revisions.get(number=1))
    row = ModelDeployment.objects.get()
    assert (row.follows, row.followed_by, row.revision.model_version.number) == ("champion", carol, 1)
    version = move()
    assert ModelDeployment.objects.get().revision.model_version == version


def test_a_roll_back_to_a_model_without_the_alias_ends_it_with_its_record(deployment, bob):
    revise(deployment.namespace, NAME, make_spec(make_version("voices")), actor=bob)
    row = ModelDeployment.objects.get()
    move_alias("champion", row.revision.model_version)
    follow_alias(actor=bob, deployment=row, alias="champion")
    deployment.revision.model_version.model.aliases.all().delete()
    roll_back(actor=bob, deployment=row, revision=deployment.revisions.get(number=1))
    assert ModelDeployment.objects.get().follows == ""
    assert Entry.objects.filter(action="deployment.follow_ended", actor=bob).last().detail["alias"] == "champion"


def test_a_candidate_changes_what_is_followed_only_by_its_promotion(deployment, bob):
    rollout = try_version(deployment, bob, make_version(), follows="")
    assert ModelDeployment.objects.get().follows == "champion"
    roll_back_candidate(actor=bob, rollout=rollout)
    assert ModelDeployment.objects.get().follows == "champion"
    rollout = try_version(deployment, bob, make_version(), follows="")
    promote_candidate(actor=bob, rollout=rollout)
    assert ModelDeployment.objects.get().follows == ""
    assert Entry.objects.filter(action="deployment.follow_ended").count() == 1


def test_the_last_word_about_following_outlives_the_rollout(deployment, bob):
    rollout = try_version(deployment, bob, make_version())
    follow_alias(actor=bob, deployment=deployment, alias="")
    promote_candidate(actor=bob, rollout=rollout)
    assert ModelDeployment.objects.get().follows == ""


def test_what_another_environment_sends_leaves_it_following(deployment, bob):
    staging = set_environment(make_serving_namespace(deployment.cluster), "staging")
    there = make_deployment(staging, NAME, spec=deployment.revision.spec, actor=bob, follows="champion")
    DeploymentPolicy.objects.create(cluster=deployment.cluster, alias="")
    version = make_version()
    revise(deployment.namespace, NAME, make_spec(version), actor=bob)
    placed = promote_to(actor=bob, deployment=ModelDeployment.objects.get(pk=deployment.pk), namespace=staging, reason="Next.")
    assert placed.deployment == there
    assert (placed.deployment.revision.model_version, placed.deployment.follows) == (version, "champion")


@pytest.fixture
def dana():
    """An owner of the team who decides, too."""
    return make_user("dana", {"vision": "owner"}, platform_roles=["approver"])


def moved_by(actor, version):
    """The alias after `actor` asked here to move it; the registry has done so."""
    change = Change.objects.create(
        what=Change.What.SET_ALIAS,
        model=version.model,
        model_name=version.model.name,
        actor=actor,
        arguments={"alias": "champion", "version": version.number, "before": 1},
    )
    move_back(version)
    return change


def test_who_moved_the_alias_cannot_decide_what_it_brought_about(deployment, bob, dana):
    set_environment(deployment.namespace, "production")
    moved_by(dana, make_version())
    request = Request.objects.get(kind="deployment")
    assert (request.requester, request.prompted_by) == (bob, dana)
    assert "dana" in request.justification
    with pytest.raises(PermissionDenied):
        approve(request, dana)
    with pytest.raises(PermissionDenied):
        reject_request(actor=dana, request=request, seen_version=1, reason="No.")
    assert request not in tab(dana, "needs-me")
    erin = make_user("erin", platform_roles=["approver"])
    assert request in tab(erin, "needs-me")
    approve(request, erin)
    assert ModelDeployment.objects.get().revision.author == bob


def test_who_moved_it_is_kept_from_deciding_also_when_a_rollout_came_between(deployment, bob, dana):
    rollout = try_version(deployment, bob, make_version())
    set_environment(deployment.namespace, "production")
    moved_by(dana, make_version())
    promote_candidate(actor=bob, rollout=rollout)
    assert Request.objects.get(kind="deployment").prompted_by == dana


def test_who_asked_for_another_version_has_not_moved_it(deployment, bob, dana):
    set_environment(deployment.namespace, "production")
    moved_by(dana, make_version())
    version = move()
    request = Request.objects.pending().get(kind="deployment")
    assert (request.requested["spec"]["source"]["version"], request.prompted_by) == (version.number, None)
    approve(request, dana)


def test_a_follower_cannot_decide_what_is_asked_in_their_name(deployment, dana):
    follow_alias(actor=dana, deployment=deployment, alias="champion")
    set_environment(deployment.namespace, "production")
    move()
    with pytest.raises(PermissionDenied):
        approve(Request.objects.get(kind="deployment"), dana)
