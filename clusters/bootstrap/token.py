"""The portal's credential: a token of its ServiceAccount, renewed by itself before it ends."""

import datetime as dt

from clusters.manifests.labels import PORTAL, SYSTEM
from kube import access
from kube.connect import Api

WANTED = dt.timedelta(days=365)


def request_token(api: Api) -> tuple[str, dt.datetime]:
    """A new token and when it ends; the server may grant less time than is asked for."""
    token = access.request_token(api, SYSTEM, PORTAL, int(WANTED.total_seconds()))
    return token.token, dt.datetime.fromisoformat(token.expires_at.replace("Z", "+00:00"))
