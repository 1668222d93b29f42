"""Images of nodes: which are there already, and what the container runtime says when one cannot be pulled."""

import hashlib
import re

NAME = re.compile(
    r"^(?P<host>[a-zA-Z0-9.-]+(:[0-9]+)?/)??(?P<path>[a-z0-9]+([._/-]+[a-z0-9]+)*)(:(?P<tag>\w[\w.-]{0,127}))?(@[a-z0-9]+:[0-9a-f]{32,})?$"
)
MEBI = 1024 * 1024


class Images:
    """Remembers what each node has pulled; simulated nodes never run out of space for it."""

    def __init__(self) -> None:
        self._present: set[tuple[str, str]] = set()

    def has(self, node: str, image: str) -> bool:
        """Whether the node has it."""
        return (node, image) in self._present

    def add(self, node: str, image: str) -> None:
        """The node has it from now on."""
        self._present.add((node, image))


def is_valid(image: str) -> bool:
    """Whether it is a reference to an image at all."""
    return NAME.match(image) is not None


def image_id(image: str) -> str:
    """A digest that is always the same for the same reference."""
    return f"{image.partition('@')[0].rpartition(':')[0] or image}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"


def size_of(image: str) -> int:
    """Its bytes: some number from 20 MiB to 1 GiB that is always the same."""
    return 20 * MEBI + int(hashlib.sha256(image.encode()).hexdigest(), 16) % (1004 * MEBI)


def pull_failure(image: str, why: str) -> str:
    """The words of a container runtime; `why` is not-found, denied or unreachable."""
    host, path, tag = _parts(image)
    full = f"{host}/{path}:{tag}"
    prefix = f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": '
    if why == "not-found":
        return f"rpc error: code = NotFound desc = {prefix}{full}: not found"
    if why == "denied":
        reason = "pull access denied, repository does not exist or may require authorization: "
        reason += "server message: insufficient_scope: authorization failed"
        return f"rpc error: code = Unknown desc = {prefix}{reason}"
    name = host.partition(":")[0]
    request = f'failed to do request: Head "https://{host}/v2/{path}/manifests/{tag}": dial tcp: lookup {name}: no such host'
    return f"rpc error: code = Unknown desc = {prefix}{request}"


def _parts(image: str) -> tuple[str, str, str]:
    """Host, path and tag, with those that are left out filled in."""
    host, slash, rest = image.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, rest = "docker.io", image if slash else f"library/{image}"
    path, colon, tag = rest.partition("@")[0].rpartition(":")
    return (host, path, tag) if colon else (host, rest.partition("@")[0], "latest")
