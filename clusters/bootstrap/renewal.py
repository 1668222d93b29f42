"""Renews the portal's tokens while they still work; a chore of the sweep."""

import datetime as dt
import json
import logging

import yaml
from django.utils import timezone

from clusters.bootstrap.kubeconfig import with_token
from clusters.bootstrap.token import WANTED, request_token
from clusters.connections import connection
from clusters.models import Cluster
from kube.errors import KubeError

logger = logging.getLogger(__name__)

# A long token is renewed a month before its end; a short one when a fifth of it is left.
EARLY = WANTED / 12


def renew_tokens() -> int:
    """Replace each cluster's token that ends soon; one that fails is tried again at the next call. Returns how many were replaced."""
    ending = Cluster.objects.connected().filter(credential_expires_at__lt=timezone.now() + EARLY, breaker_opened_at=None)
    return sum(_renew(cluster) for cluster in ending if _is_time(cluster))


def _is_time(cluster: Cluster) -> bool:
    ends = cluster.credential_expires_at
    if ends is None:
        return False
    begun = cluster.credential_issued_at or ends - WANTED
    return timezone.now() > ends - min(EARLY, (ends - begun) / 5)


def _renew(cluster: Cluster) -> bool:
    try:
        token, expires_at = request_token(connection(cluster))
    except KubeError as error:
        logger.warning("the token of cluster %s was not renewed: %s", cluster.name, error)
        return False
    kubeconfig = json.dumps(with_token(yaml.safe_load(cluster.kubeconfig), token))
    return store_credential(cluster, kubeconfig, expires_at)


def store_credential(cluster: Cluster, kubeconfig: str, expires_at: dt.datetime) -> bool:
    """Replace the credential unless somebody else has since this row was read."""
    unchanged = Cluster.objects.filter(pk=cluster.pk, credential_expires_at=cluster.credential_expires_at)
    return bool(unchanged.update(kubeconfig=kubeconfig, credential_issued_at=timezone.now(), credential_expires_at=expires_at))
