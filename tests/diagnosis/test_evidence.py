"""What is known beside the message: who holds GPUs and who may know it, what the quota says by now, who was never made."""

from diagnosis.controllers import refused
from diagnosis.pods import explain_pod
from tenants.reasons import evidence_for, what_needs_somebody
from tests.diagnosis.seen import running, see_event, see_node, see_pod, see_quota, unschedulable, waiting
from tests.factories import make_user
from tests.tenancy import make_namespace

NO_GPU = "0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) didn't match Pod's node affinity/selector. preemption: no"
ONE_GPU = {"containers": [{"name": "web", "image": "i", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]}
H100, A100 = ({"nvidia.com/gpu.product": name} for name in ("NVIDIA-H100-80GB-HBM3", "NVIDIA-A100-SXM4-40GB"))
FULL = (
    'Error creating: pods "web-6d5f-abcde" is forbidden: exceeded quota: slipway-quota, requested: requests.nvidia.com/gpu=1, '
    "used: requests.nvidia.com/gpu=2, limited: requests.nvidia.com/gpu=2"
)


def hold(namespace, name, node, cards):
    spec = {"containers": [{"name": "web", "image": "i", "resources": {"limits": {"nvidia.com/gpu": str(cards)}}}], "nodeName": node}
    return see_pod(namespace, name, running(), spec=spec)


def pending(namespace, selector):
    spec = {**ONE_GPU, "nodeSelector": selector}
    return see_pod(namespace, "wants-a-card", phase="Pending", spec=spec, status=unschedulable(NO_GPU))


def why(pod, namespace, user):
    return explain_pod(pod, [], evidence_for(namespace, user), user)[0].text


def test_who_holds_the_cards_of_this_kind_is_named_to_whom_may_see_it_and_else_counted(cluster, space, alice):
    theirs = make_namespace(cluster, team="speech")
    see_node(cluster, "h-1", 4, labels=H100)
    see_node(cluster, "a-1", 8, labels=A100)
    hold(space, "train", "h-1", 1)
    hold(theirs, "secret-project", "h-1", 3)
    hold(theirs, "another-kind", "a-1", 5)
    pod = pending(space, H100)
    told = why(pod, space, alice)
    assert "The nodes of this kind have 4, held by: " in told
    assert f"{space.name} 1, 3 in namespaces of others" in told and theirs.name not in told and "secret" not in told
    assert f"{theirs.name} 3, {space.name} 1" in why(pod, space, make_user(platform_roles=["approver"]))


def test_a_kind_of_card_that_no_node_has_is_told_as_hopeless(cluster, space, alice):
    see_node(cluster, "a-1", 8, labels=A100)
    assert "No node of this kind has any: waiting does not help." in why(pending(space, H100), space, alice)


def test_cards_on_a_node_that_is_away_are_told(cluster, space, alice):
    see_node(cluster, "h-1", 4, labels=H100, ready=False)
    told = why(pending(space, H100), space, alice)
    assert "no pod that can be seen from here holds one" in told and "4 of them are on nodes that take no pods now." in told


def test_the_quota_is_told_with_its_numbers_and_with_what_it_says_by_now(space, alice):
    see_event(space, "ReplicaSet", "web-6d5f", "FailedCreate", FULL)
    see_quota(space, {"requests.nvidia.com/gpu": "2"}, {"requests.nvidia.com/gpu": "2"})
    [group] = what_needs_somebody(space, alice)
    assert group.explanation.code == "quota-full" and group.about == [("ReplicaSet", "web-6d5f")]
    assert "it asks for 1, and 2 of 2 were used" in group.explanation.text and "By now" not in group.explanation.text
    space.cluster.observed.filter(kind="ResourceQuota").delete()
    see_quota(space, {"requests.nvidia.com/gpu": "2"}, {"requests.nvidia.com/gpu": "1"})
    assert "By now there is room again" in what_needs_somebody(space, alice)[0].explanation.text


def test_a_member_gets_a_filled_in_request_for_what_is_missing_and_a_viewer_does_not(space, alice):
    see_event(space, "ReplicaSet", "web-6d5f", "FailedCreate", FULL)

    def links(user):
        return [each.url for each in what_needs_somebody(space, user)[0].explanation.solutions if each.url]

    [link] = links(alice)
    assert link.startswith("/namespaces/new/?") and "team=vision" in link and "gpu_h100=1" in link
    assert links(make_user(team_roles={"vision": "viewer"})) == []


def test_what_was_refused_and_made_since_is_no_trouble_any_more(space, alice, evidence):
    first = see_event(space, "ReplicaSet", "web-6d5f", "FailedCreate", FULL, ago=60)
    assert [each.name for each in refused([first], evidence, alice)] == ["web-6d5f"]
    made = see_event(space, "ReplicaSet", "web-6d5f", "SuccessfulCreate", "Created pod: web-6d5f-x", ago=30, type="Normal")
    assert refused([made, first], evidence, alice) == []


def test_a_refusal_that_nobody_repeats_is_forgotten(space, alice, evidence):
    assert refused([see_event(space, "ReplicaSet", "web-6d5f", "FailedCreate", FULL, ago=1500)], evidence, alice) == []


def test_the_same_reason_of_many_pods_is_told_once_with_all_of_them(space, alice):
    for number in range(7):
        see_pod(space, f"web-{number}", phase="Pending", status=unschedulable("0/2 nodes are available: 2 Insufficient memory. no"))
    see_pod(space, "other-0", waiting("ImagePullBackOff", 'Back-off pulling image "a:1"'), phase="Pending")
    image, memory = what_needs_somebody(space, alice)
    assert (image.explanation.tone, len(memory.about), memory.more) == ("bad", 7, 2)
