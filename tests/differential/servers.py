"""Starts the two servers: the embedded one, and a real kube-apiserver with its etcd and no controllers, so that nothing else stirs."""

import json
import ssl
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sandbox.binaries import find_binaries
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from tests.differential.compare import Pair
from tests.differential.kinds import Subject, subjects


@contextmanager
def both(folder: Path, kinds: Sequence[str] = ()) -> Iterator[Pair]:
    """Both servers, ready, to be compared by these kinds, by default by all that the real one serves; needs KUBEBUILDER_ASSETS."""
    binaries, bare = find_binaries(), folder / "bare"
    bare.mkdir(parents=True)
    for binary in (binaries.etcd, binaries.api_server):
        (bare / binary.name).symlink_to(binary)
    with EmbeddedCluster(folder / "embedded") as embedded, ControlPlane(folder / "real", assets=bare, custom_objects=False) as real:
        wanted = [each for each in subjects() if not kinds or each.name in kinds]
        served = [each for each in wanted if _serves(real, each)]
        yield Pair([embedded.kubeconfig_path, real.kubeconfig_path], served, binaries.version[1])


def _serves(real: ControlPlane, subject: Subject) -> bool:
    context = ssl.create_default_context(cadata=real.certificates.ca.read_text())
    request = urllib.request.Request(real.server + subject.root, headers={"Authorization": f"Bearer {real.token}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as response:  # noqa: S310
            return any(each["name"] == subject.plural for each in json.load(response)["resources"])
    except urllib.error.HTTPError:
        return False
