"""What a namespace gets: valid for the API servers of today, marked as ours, and never more than was granted."""

import kubernetes_validate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.network_profile import default_profile
from kube.kinds import writable
from tenants.manifests import render
from tenants.manifests.facts import Facts
from tenants.resources import Resources

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?", fullmatch=True)
people = st.lists(st.text(min_size=1, max_size=30).filter(lambda name: not name.startswith("system:")), max_size=4)


def facts(**changes):
    values = {
        "name": "vision-prod",
        "team": "vision",
        "owner": "namespace.17",
        "claim": "c1a1",
        "quota": Resources(8000, 2**35, 2**37, {"h100": 4, "a100": 1}),
        "members": {"owner": ["alice"], "member": ["bob"]},
        "gpu_resources": {"h100": "nvidia.com/gpu", "a100": "nvidia.com/gpu", "mig-1g": "nvidia.com/mig-1g.10gb"},
        "identity": {"username_prefix": "oidc:", "group_prefix": "oidc:"},
        "network_profile": default_profile(),
    }
    return Facts(**{**values, **changes})


def one(manifests, kind, name=None):
    return next(m for m in manifests if m["kind"] == kind and name in (None, m["metadata"]["name"]))


@pytest.mark.parametrize("version", ["1.29", "1.34"])
def test_every_manifest_is_valid_for_the_api_server(version):
    for manifest in render(facts()):
        kubernetes_validate.validate(manifest, version, strict=True)


@given(
    names,
    names,
    st.integers(0, 10**9),
    st.integers(0, 2**60),
    st.dictionaries(st.sampled_from(["h100", "a100", "mig-1g"]), st.integers(0, 10**6)),
)
def test_whatever_is_granted_renders_marked_allowed_and_bounded(name, team, cpu, memory, gpus):
    manifests = render(facts(name=name, team=team, quota=Resources(cpu, memory, memory, gpus)))
    assert manifests[0]["kind"] == "Namespace"
    for manifest in manifests:
        writable(manifest["apiVersion"], manifest["kind"])
        metadata = manifest["metadata"]
        assert metadata["labels"]["slipway.dev/owner"] == "namespace.17"
        assert metadata["annotations"] == {"slipway.dev/claim": "c1a1"}
        assert metadata.get("namespace", name) == name
    hard = one(manifests, "ResourceQuota")["spec"]["hard"]
    assert {key for key in hard if "nvidia" in key} == {"requests.nvidia.com/gpu", "requests.nvidia.com/mig-1g.10gb"}
    assert (hard["services.nodeports"], hard["services.loadbalancers"]) == ("0", "0")


@given(people, people, st.text(max_size=20))
def test_nobody_of_kubernetes_itself_is_ever_bound(owners, members, group):
    for manifest in render(facts(members={"owner": owners, "member": members}, group=group)):
        for subject in manifest.get("subjects", []):
            assert not subject["name"].startswith("system:")
            itself = {"kind": "ServiceAccount", "name": "slipway-portal", "namespace": "slipway-system"}
            assert subject["name"].startswith("oidc:") or (manifest["metadata"]["name"] == "slipway-runner" and subject == itself)


@pytest.mark.parametrize("name", ["system:masters", "system:authenticated", "system:admin"])
def test_a_prefix_that_was_emptied_cannot_bind_kubernetes_own_groups(name):
    with pytest.raises(ValueError, match="never bound"):
        render(facts(identity={"username_prefix": "", "group_prefix": ""}, group=name))


def test_flavors_that_share_a_resource_name_share_its_number():
    hard = one(render(facts()), "ResourceQuota")["spec"]["hard"]
    assert hard["requests.nvidia.com/gpu"] == "5"
    assert hard["requests.nvidia.com/mig-1g.10gb"] == "0", "what was not granted is refused, not unlimited"


def test_quantities_are_written_as_the_api_server_returns_them():
    hard = one(render(facts(quota=Resources(1500, 3 * 2**29, 0))), "ResourceQuota")["spec"]["hard"]
    assert (hard["requests.cpu"], hard["requests.memory"], hard["requests.storage"]) == ("1500m", "1536Mi", "0")


def test_a_role_that_nobody_has_is_bound_to_an_explicit_nobody():
    assert one(render(facts()), "RoleBinding", "slipway-viewer")["subjects"] == []


def test_pods_are_held_to_the_restricted_standard_at_a_pinned_version():
    labels = one(render(facts()), "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"].startswith("v1.")
