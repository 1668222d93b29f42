"""Everything else for which the API server refuses to make a pod: accounts, classes, namespaces that end, rights, invalid fields."""

from diagnosis.messages.fact import Fact, Shape, first

_SHAPES = (
    Shape("service-account-missing", r'error looking up service account [^:]*: serviceaccount "(?P<account>[^"]+)" not found'),
    Shape("namespace-ending", r"unable to create new content in namespace \S+ because it is being terminated"),
    Shape("priority-class-missing", r"no PriorityClass with name (?P<name>\S+) was found"),
    Shape("runtime-class-missing", r'RuntimeClass "(?P<name>[^"]+)" not found'),
    Shape("not-allowed", r'is forbidden: User "(?P<user>[^"]+)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)"'),
    Shape("policy-denied", r"ValidatingAdmissionPolicy '(?P<name>[^']+)'.* denied request: (?P<why>.+)$"),
    Shape("invalid-object", r'"[^"]*" is invalid: (?P<why>.+)$'),
)


def read(reason: str, message: str) -> list[Fact]:
    """A refusal of the API server."""
    return first(_SHAPES, reason, message)
