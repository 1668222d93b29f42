"""Go templates as KServe's runtimes and config use them: `{{.Name}}`, `{{ .Labels.key }}`."""

import re
from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]
PLACE = re.compile(r"\{\{\s*\.([A-Za-z]+)(?:\.([A-Za-z0-9_]+))?\s*\}\}")


def filled(text: str, item: Object, values: Mapping[str, str] | None = None) -> str:
    """The text with what it names of the object's metadata, or of `values`; what is not there becomes nothing."""
    metadata = item["metadata"]
    known = {"Name": metadata["name"], "Namespace": metadata.get("namespace", ""), **(values or {})}

    def value(match: re.Match[str]) -> str:
        part, key = match.groups()
        if key:
            return str((metadata.get(part.lower()) or {}).get(key, ""))
        return str(known.get(part, ""))

    return PLACE.sub(value, text)


def filled_everywhere(value: Any, item: Object) -> Any:
    """The same for every text of a structure."""
    if isinstance(value, str):
        return filled(value, item)
    if isinstance(value, list):
        return [filled_everywhere(each, item) for each in value]
    if isinstance(value, dict):
        return {key: filled_everywhere(each, item) for key, each in value.items()}
    return value
