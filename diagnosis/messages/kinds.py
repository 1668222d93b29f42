"""Kinds that the cluster does not know: a definition (CRD) that is not installed."""

from diagnosis.messages.fact import Fact, Shape, first

_SHAPES = (
    Shape("kind-missing", r'no matches for kind "(?P<kind>[^"]+)" in (?:version|group) "(?P<version>[^"]+)"'),
    Shape("kind-missing", r'resource mapping not found for name: .* no matches for kind "(?P<kind>[^"]+)"'),
    Shape("kind-unserved", r"the server could not find the requested resource"),
)


def read(reason: str, message: str) -> list[Fact]:
    """The kind, where the cluster names it; a row's condition KindMissing says the same in the portal's words."""
    found = first(_SHAPES, reason, message)
    return found or first((Shape("kind-unserved", r"", ("KindMissing",)),), reason, message)
