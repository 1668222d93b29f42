"""The kubelet and the container runtime (containerd, CRI-O, Docker) on images that do not come."""

from diagnosis.messages.fact import Fact, Shape, fact, first

PULLS = ("ErrImagePull", "ImagePullBackOff", "Failed", "BackOff", "InspectFailed", "RegistryUnavailable", "ImageInspectError")
_IMAGE = r'(?:image|reference) \\?"(?P<image>[^"\\]+)\\?"'
_UNREACHABLE = (
    r"i/o timeout|no such host|connection refused|connection reset|TLS handshake timeout|context deadline exceeded|network is unreachable"
    r"|Client\.Timeout|server misbehaving|temporary failure in name resolution|no route to host|50[0234] |unexpected EOF"
)
_NAMES = (
    Shape("image-name", r'(?:couldn\'t parse image (?:name|reference)|apply default image tag) "(?P<image>[^"]+)"'),
    Shape("image-name", r"invalid reference format"),
    Shape("image-never", r'image "(?P<image>[^"]+)" is not present with pull policy of Never'),
    Shape("image-secret", r"Unable to retrieve some image pull secrets \((?P<names>[^)]+)\)"),
)
# In this order: registries answer "denied" for what is not there, and the same message may name several.
_CAUSES = (
    Shape("image-rate", r"toomanyrequests|429 Too Many Requests|rate limit"),
    Shape("image-certificate", r"x509: "),
    Shape(
        "image-platform", r"no matching manifest for|no match for platform in manifest|no image found in (?:image index|manifest list) for"
    ),
    Shape("image-disk", r"no space left on device"),
    Shape(
        "image-denied",
        r"unauthorized|authentication required|401 Unauthorized|403 Forbidden|pull access denied|access denied|insufficient_scope|denied:",
    ),
    Shape("image-not-found", r"not found|manifest unknown|name unknown|does not exist|404 Not Found"),
    Shape("image-unreachable", _UNREACHABLE),
)


def read(reason: str, message: str) -> list[Fact]:
    """Which image, and why it does not come; `image-pull` where only that is said."""
    if named := first(_NAMES, reason, message):
        return named
    if not _is_about_pulling(reason, message):
        return []
    image = first((Shape("", _IMAGE),), reason, message)
    values = image[0].values if image else {"image": ""}
    cause = first(_CAUSES, reason, message)
    return [fact(cause[0].code if cause else "image-pull", **values)]


def _is_about_pulling(reason: str, message: str) -> bool:
    if reason in ("ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError"):
        return True
    return reason in PULLS and ("pull image" in message or "pulling image" in message or "inspect image" in message)
