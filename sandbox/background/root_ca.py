"""The ConfigMap that tells every namespace which CA signs the API server's certificate."""

from typing import Any

CA_NAME = "kube-root-ca.crt"
CA_NOTE = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."  # noqa: E501


def root_ca(ca_pem: str) -> dict[str, Any]:
    """The ConfigMap's content; the caller says which namespace it is for."""
    return {"metadata": {"name": CA_NAME, "annotations": {"kubernetes.io/description": CA_NOTE}}, "data": {"ca.crt": ca_pem}}
