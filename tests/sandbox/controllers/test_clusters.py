"""What the other tests of this folder stand on: pods live where no control plane plays along."""

from tests.contract.client import Api
from tests.contract.objects import pod


def test_a_pod_lives_in_a_cluster_without_managers(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/pods"
    assert api.post(path, pod("a")).code == 201
    api.until(f"{path}/a", lambda answer: answer.body["status"]["phase"] == "Running", 20)
