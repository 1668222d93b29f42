"""Admission webhooks: programs in the cluster that are asked before anything is made, and that say no or do not answer."""

from diagnosis.messages.fact import Fact, Shape, first

_SHAPES = (
    Shape("webhook-denied", r'admission webhook "(?P<webhook>[^"]+)" denied the request(?:: (?P<why>.+))?$'),
    Shape("webhook-certificate", r'failed calling webhook "(?P<webhook>[^"]+)".*x509: (?P<why>.+)$'),
    Shape("webhook-down", r'failed calling webhook "(?P<webhook>[^"]+)": (?P<why>.+)$'),
)


def read(reason: str, message: str) -> list[Fact]:
    """Which webhook, and in whose words."""
    return first(_SHAPES, reason, message)
