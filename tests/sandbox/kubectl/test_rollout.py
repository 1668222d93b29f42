"""kubectl rollout."""

from tests.sandbox.kubectl.conftest import Kubectl
from tests.sandbox.kubectl.objects import deployment


def test_a_rollout_is_followed_and_undone(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", 2))
    assert 'deployment "web" successfully rolled out' in kubectl("rollout", "status", "deployment/web", "--timeout=50s")
    kubectl("set", "image", "deployment/web", "main=example.org/app:2")
    kubectl("rollout", "status", "deployment/web", "--timeout=50s")
    assert [line.split()[0] for line in kubectl("rollout", "history", "deployment/web").splitlines()[2:4]] == ["1", "2"]
    assert "example.org/app:1" in kubectl("rollout", "history", "deployment/web", "--revision=1")
    assert kubectl("rollout", "undo", "deployment/web") == "deployment.apps/web rolled back\n"
    kubectl("rollout", "status", "deployment/web", "--timeout=50s")
    assert kubectl("get", "deployment", "web", "-o", "jsonpath={..image}") == "example.org/app:1"


def test_a_rollout_is_paused_resumed_and_restarted(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", 1))
    assert kubectl("rollout", "pause", "deployment/web") == "deployment.apps/web paused\n"
    assert "is already paused" in kubectl.fails("rollout", "pause", "deployment/web")
    assert kubectl("rollout", "resume", "deployment/web") == "deployment.apps/web resumed\n"
    assert kubectl("rollout", "restart", "deployment/web") == "deployment.apps/web restarted\n"
    kubectl("rollout", "status", "deployment/web", "--timeout=50s")
