"""Publishes which client certificates are this API server's, for kubelets and the servers of aggregated APIs."""

import json
import uuid

from sandbox.api.cluster import timestamp
from sandbox.certs import FRONT_PROXY_CLIENT, Certificates
from sandbox.kinds.table import kind_named
from sandbox.storage.store import Store

NAMESPACE, NAME = "kube-system", "extension-apiserver-authentication"


def publish_authentication(store: Store, certificates: Certificates) -> None:
    """Write the ConfigMap unless it is there and right."""
    data = {
        "client-ca-file": certificates.ca.read_text(),
        "requestheader-client-ca-file": certificates.front_proxy_ca.read_text(),
        "requestheader-allowed-names": json.dumps([FRONT_PROXY_CLIENT]),
        "requestheader-username-headers": json.dumps(["X-Remote-User"]),
        "requestheader-group-headers": json.dumps(["X-Remote-Group"]),
        "requestheader-extra-headers-prefix": json.dumps(["X-Remote-Extra-"]),
    }
    kind = kind_named("ConfigMap")
    stored = store.get(kind, NAMESPACE, NAME)
    if stored is not None and stored.value.get("data") == data:
        return
    own = {"name": NAME, "namespace": NAMESPACE, "uid": str(uuid.uuid4()), "creationTimestamp": timestamp()}
    store.put(kind, {"metadata": dict(stored.value["metadata"]) if stored else own, "data": data})
