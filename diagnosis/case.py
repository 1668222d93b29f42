"""One thing that is to be explained, with all that is known beside the cluster's words."""

from dataclasses import dataclass

from clusters.models import Pod
from diagnosis.evidence import Evidence


@dataclass(frozen=True)
class Case:
    """`kind` and `name` are of the object that the words are about; `pod` is its row where it is a pod that was seen."""

    evidence: Evidence
    kind: str = ""
    name: str = ""
    pod: Pod | None = None
