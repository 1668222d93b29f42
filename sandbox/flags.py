"""Command lines of the real control plane's parts, by version."""

from pathlib import Path

from sandbox.binaries import Binaries
from sandbox.certs import FRONT_PROXY_CLIENT, Certificates

ISSUER = "https://kubernetes.default.svc"
# Until here the controller-manager and the scheduler also opened a fixed plain-text port, which two clusters would fight over.
LAST_MINOR_WITH_INSECURE_PORT = 22


def etcd_command(binaries: Binaries, data: Path, client_url: str, peer_url: str) -> list[str]:
    """Etcd of one member on loopback; it may skip fsync, as its data outlive a killed process all the same."""
    return [
        str(binaries.etcd),
        f"--data-dir={data}",
        f"--listen-client-urls={client_url}",
        f"--advertise-client-urls={client_url}",
        f"--listen-peer-urls={peer_url}",
        f"--initial-advertise-peer-urls={peer_url}",
        f"--initial-cluster=default={peer_url}",
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def api_server_command(
    binaries: Binaries, certificates: Certificates, *, etcd_url: str, port: int, tokens: Path, audit: tuple[Path, Path] | None = None
) -> list[str]:
    """An API server on loopback with RBAC, an admin by token and tokens for ServiceAccounts; `audit` has the policy and the webhook."""
    command = [
        str(binaries.api_server),
        f"--etcd-servers={etcd_url}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--tls-cert-file={certificates.certificate}",
        f"--tls-private-key-file={certificates.key}",
        "--service-cluster-ip-range=10.96.0.0/16",
        f"--token-auth-file={tokens}",
        "--authorization-mode=Node,RBAC",
        f"--service-account-issuer={ISSUER}",
        f"--api-audiences={ISSUER}",
        f"--service-account-key-file={certificates.service_account_public}",
        f"--service-account-signing-key-file={certificates.service_account_key}",
        "--allow-privileged=true",
        "--endpoint-reconciler-type=none",
        *_kubelet_flags(certificates),
        *_aggregation_flags(certificates),
        *(_audit_flags(*audit) if audit else ()),
    ]
    if binaries.controller_manager is None:
        # Nobody would create the default ServiceAccounts that this admission plugin asks for.
        command.append("--disable-admission-plugins=ServiceAccount")
    return command


def _kubelet_flags(certificates: Certificates) -> list[str]:
    """How the API server speaks with kubelets: as itself, to the address of a node, as simulated nodes have no names in any DNS."""
    return [
        f"--client-ca-file={certificates.ca}",
        f"--kubelet-client-certificate={certificates.kubelet_client}",
        f"--kubelet-client-key={certificates.kubelet_client_key}",
        "--kubelet-preferred-address-types=InternalIP",
    ]


def _audit_flags(policy: Path, webhook: Path) -> list[str]:
    """No request of the policy goes on before the webhook has heard of it."""
    return [
        f"--audit-policy-file={policy}",
        f"--audit-webhook-config-file={webhook}",
        "--audit-webhook-mode=blocking-strict",
        "--audit-webhook-initial-backoff=200ms",
    ]


def _aggregation_flags(certificates: Certificates) -> list[str]:
    """How it speaks with the servers of aggregated APIs: straight to their endpoints, as nothing routes a Service's address here."""
    return [
        f"--requestheader-client-ca-file={certificates.front_proxy_ca}",
        f"--requestheader-allowed-names={FRONT_PROXY_CLIENT}",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={certificates.front_proxy_client}",
        f"--proxy-client-key-file={certificates.front_proxy_client_key}",
        "--enable-aggregator-routing=true",
    ]


def controller_manager_command(binaries: Binaries, certificates: Certificates, *, kubeconfig: Path, port: int) -> list[str]:
    """A controller-manager that also publishes the CA and signs the tokens of ServiceAccounts."""
    return [
        *_manager(str(binaries.controller_manager), binaries, kubeconfig, port),
        f"--service-account-private-key-file={certificates.service_account_key}",
        f"--root-ca-file={certificates.ca}",
    ]


def scheduler_command(binaries: Binaries, certificates: Certificates, *, kubeconfig: Path, port: int) -> list[str]:
    """The real scheduler."""
    return _manager(str(binaries.scheduler), binaries, kubeconfig, port)


def _manager(binary: str, binaries: Binaries, kubeconfig: Path, port: int) -> list[str]:
    command = [
        binary,
        *[f"--{flag}={kubeconfig}" for flag in ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")],
        "--authentication-skip-lookup=true",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
    ]
    if binaries.version[1] <= LAST_MINOR_WITH_INSECURE_PORT:
        command.append("--port=0")
    return command
