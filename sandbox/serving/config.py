"""The ConfigMap inferenceservice-config as the controller reads it."""

import json
import logging
from dataclasses import dataclass, field
from typing import Any

from sandbox.serving.names import MODE, Object
from sandbox.serving.templates import filled

log = logging.getLogger(__name__)
STANDARD, KNATIVE = "Standard", "Knative"
# Older versions of KServe called them so.
MODES = {STANDARD: STANDARD, "RawDeployment": STANDARD, KNATIVE: KNATIVE, "Serverless": KNATIVE}
INITIALIZER_IMAGE = "sandbox.slipway.dev/storage-initializer:1"


@dataclass(frozen=True)
class Config:
    """What of it is used, by section; every section may be absent."""

    deploy: Object = field(default_factory=dict)
    ingress: Object = field(default_factory=dict)
    storage: Object = field(default_factory=dict)

    def mode_of(self, service: Object) -> str:
        """Standard or Knative: what the status says once it has been decided, else the annotation, else the default."""
        decided = (service.get("status") or {}).get("deploymentMode", "")
        asked = (service["metadata"].get("annotations") or {}).get(MODE, "")
        default = MODES.get(self.deploy.get("defaultDeploymentMode", ""), KNATIVE)
        return MODES.get(decided) or MODES.get(asked) or default

    def url_of(self, service: Object, name: str = "") -> str:
        """Where clients reach an InferenceService, or its component `name`: by path if the config has a template for one."""
        scheme, domain = self.ingress.get("urlScheme") or "http", self.ingress.get("ingressDomain") or "example.com"
        values = {"Name": name or service["metadata"]["name"], "Namespace": service["metadata"]["namespace"], "IngressDomain": domain}
        if not name and (path := self.ingress.get("pathTemplate")):
            return f"{scheme}://{domain}{filled(path, service, values)}"
        template = self.ingress.get("domainTemplate") or "{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}"
        return f"{scheme}://{filled(template, service, values)}"


def read_config(config_map: Object | None) -> Config:
    """What the ConfigMap says; a section that is no JSON counts as absent, and the log says so."""
    data = (config_map or {}).get("data") or {}
    return Config(*(_section(data, name) for name in ("deploy", "ingress", "storageInitializer")))


def _section(data: dict[str, str], name: str) -> Object:
    try:
        found: Any = json.loads(data.get(name) or "{}")
    except ValueError as error:
        log.warning("inferenceservice-config: %s is no JSON: %s", name, error)
        return {}
    return found if isinstance(found, dict) else {}
