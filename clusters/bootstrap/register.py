"""The bootstrap from end to end: install, take a token, note what the cluster is and has."""

import datetime as dt
import json
import logging
from pathlib import Path
from typing import Any

from django.utils import timezone

from audit.action import action
from audit.record import record
from clusters.bootstrap.discovery import api_server_ranges, capabilities_of, version_of
from clusters.bootstrap.install import install
from clusters.bootstrap.kubeconfig import with_token
from clusters.bootstrap.rights import wait_until_allowed
from clusters.bootstrap.token import request_token
from clusters.models import Cluster
from clusters.observation.nodes import save_nodes
from clusters.recount import recount
from clusters.serving_reading import refresh_serving
from kube.connect import Api, connect
from kube.errors import KubeError
from kube.kubeconfig import read_file
from kube.lists import list_all

logger = logging.getLogger(__name__)


def bootstrap(path: Path, *, name: str, display_name: str = "", is_sandbox: bool = False) -> Cluster:
    """Make the cluster behind the admin's kubeconfig at `path` usable and return its row; running it again refreshes both.

    KubeError (Unreachable, ApiError, KubeconfigError, NotOurs) when it cannot be done; each step may be repeated.
    """
    admin = read_file(path)
    api = connect(admin, timeout=10.0)
    version = version_of(api)
    cluster, _created = Cluster.objects.get_or_create(name=name, defaults={"display_name": display_name or name, "is_sandbox": is_sandbox})
    install(api, f"cluster.{cluster.pk}")
    token, expires_at = request_token(api)
    described = {"version": version, "capabilities": {**cluster.capabilities, **capabilities_of(api, version)}, "is_sandbox": is_sandbox}
    if display_name:
        described["display_name"] = display_name
    if not cluster.network_profile["api_server_cidrs"]:
        described["network_profile"] = {**cluster.network_profile, "api_server_cidrs": api_server_ranges(api)}
    kubeconfig = with_token(admin, token)
    wait_until_allowed(kubeconfig)
    _connect_cluster(actor=None, cluster=cluster, kubeconfig=kubeconfig, expires_at=expires_at, described=described)
    count_nodes(cluster, api)
    _read_serving(cluster, api)
    return cluster


@action("cluster.connect")
def _connect_cluster(
    *, actor: Any, cluster: Cluster, kubeconfig: dict[str, Any], expires_at: dt.datetime, described: dict[str, Any]
) -> None:
    for field, value in described.items():
        setattr(cluster, field, value)
    cluster.kubeconfig = json.dumps(kubeconfig)
    cluster.credential_issued_at, cluster.credential_expires_at = timezone.now(), expires_at
    cluster.last_seen_at = timezone.now()
    cluster.full_clean()
    cluster.save()
    record(
        actor=actor,
        action="cluster.connect",
        subject_kind="cluster",
        subject_id=cluster.pk,
        subject_name=cluster.name,
        version=cluster.version,
    )


def _read_serving(cluster: Cluster, api: Api) -> None:
    """Not what a bootstrap fails for: the watcher reads it again and again."""
    try:
        refresh_serving(cluster, api)
    except KubeError as error:
        logger.warning("what %s serves could not be read yet: %s", cluster.name, error)
    cluster.refresh_from_db()


def count_nodes(cluster: Cluster, api: Api) -> None:
    """Read the cluster's nodes once, so that flavors and capacity are known before the watcher's first look."""
    nodes, _version = list_all(api, "v1", "Node")
    save_nodes(cluster, list(nodes), complete=True)
    recount(cluster)
