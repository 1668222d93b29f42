"""Checks of a pod's volumes and of the variables of its containers: each comes from one place."""

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.rules import Object

# The sources that are told of, in this order, and what they cannot be without.
SOURCES: dict[str, str] = {
    "emptyDir": "",
    "hostPath": "path",
    "secret": "secretName",
    "nfs": "server",
    "persistentVolumeClaim": "claimName",
    "downwardAPI": "",
    "configMap": "name",
    "projected": "",
    "csi": "driver",
    "ephemeral": "volumeClaimTemplate",
}
REFERENCES = {"fieldRef": "fieldPath", "resourceFieldRef": "resource", "configMapKeyRef": "key", "secretKeyRef": "key"}
NOT_BOTH = "may not be specified when `value` is not empty"
ONE_OF = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"


def check_source(volume: Object, field: str) -> list[Cause]:
    """Everything wrong with where a volume comes from."""
    chosen = [key for key in SOURCES if volume.get(key) is not None]
    more = "Forbidden: may not specify more than 1 volume type"
    causes = _complete(volume, chosen[:1], SOURCES, field)
    return causes + [Cause(f"{field}.{key}", more, "FieldValueForbidden") for key in chosen[1:]]


def check_variable_source(variable: Object, field: str) -> list[Cause]:
    """Everything wrong with where the value of a variable comes from."""
    source = variable.get("valueFrom")
    if source is None:
        return []
    chosen = [key for key in REFERENCES if source.get(key) is not None]
    causes = _complete(source, chosen, REFERENCES, field)
    if not chosen:
        causes.append(bad_value(field, "", ONE_OF))
    elif variable.get("value"):
        causes.append(bad_value(field, "", NOT_BOTH))
    elif len(chosen) > 1:
        causes.append(bad_value(field, "", "may not have more than one field specified at a time"))
    return causes


def _complete(value: Object, chosen: list[str], needs: dict[str, str], field: str) -> list[Cause]:
    return [required(f"{field}.{key}.{needs[key]}") for key in chosen if needs[key] and not value[key].get(needs[key])]
