"""A model in a bucket: KServe looks for its credentials at the ServiceAccount that the pods run as, and what is named there stays."""

import pytest

from deployments.spec import Source
from tests.faults.deployments.scene import attempt, begin, live
from tests.faults.engine_room import settle as settle_namespaces

pytestmark = pytest.mark.django_db(transaction=True)
URI = "s3://models-vision/iris/1"
# As KServe reads them: the endpoint stands in annotations, the keys in the Secret.
SECRET = {
    "metadata": {
        "name": "bucket",
        "annotations": {"serving.kserve.io/s3-endpoint": "store.example.org", "serving.kserve.io/s3-usehttps": "1"},
    },
    "stringData": {"AWS_ACCESS_KEY_ID": "planted", "AWS_SECRET_ACCESS_KEY": "planted-too"},
}


def test_the_secret_that_an_administrator_names_at_the_service_account_stays_and_is_what_kserve_finds(cast, hand, proxy):
    cast.team.storage_prefixes.create(prefix="s3://models-vision/")
    row = begin(cast, source=Source("uri", uri=URI))
    space = f"/api/v1/namespaces/{row.namespace.name}"
    hand.request("POST", f"{space}/secrets", body=SECRET)
    names = {"secrets": [{"name": "bucket"}]}
    account = f"{space}/serviceaccounts/slipway-workload"
    hand.request("PATCH", account, body=names, content_type="application/strategic-merge-patch+json")
    row.namespace.touch()
    settle_namespaces(row.namespace)
    assert attempt(row).state == "done"
    predictor = live(hand, row, "InferenceService")["spec"]["predictor"]
    assert predictor["model"]["storageUri"] == URI
    served = hand.request("GET", f"{space}/serviceaccounts/{predictor['serviceAccountName']}")
    assert {"name": "bucket"} in served["secrets"] and served["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "slipway"
    assert not [call for call in proxy.calls if "/secrets" in str(call)], "the portal reads no Secret"
