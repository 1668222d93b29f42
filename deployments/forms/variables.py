"""Environment variables by reference, as rows of a form: name, ConfigMap or Secret, its name, its key."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

PARTS = ("name", "source", "object", "key")
SOURCES = (("secret", _("Secret")), ("configmap", _("ConfigMap")))


class VariablesWidget(forms.Widget):
    """Rows of four inputs with the same names; one more row than there are variables is empty."""

    template_name = "deployments/variables.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        """The rows in which something was written."""
        if not hasattr(data, "getlist"):
            rows = data.get(name)
            return rows if isinstance(rows, list) else []
        columns = [data.getlist(f"{name}_{part}") for part in PARTS]
        rows = [dict(zip(PARTS, row, strict=False)) for row in zip(*columns, strict=False)]
        return [row for row in rows if any(row[part].strip() for part in PARTS if part != "source")]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """An empty table is no omission."""
        return False

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """By a template of the pages."""
        asks = {key: text for key, text in self.build_attrs(self.attrs, attrs).items() if key.startswith("hx-")}
        rows = value if isinstance(value, list) else []
        return render_to_string(self.template_name, {"name": name, "rows": [*rows, {}], "sources": SOURCES, "asks": asks})


class VariablesField(forms.Field):
    """A list of rows as they were written; what they may be is decided in deployments.parsing."""

    widget = VariablesWidget

    def clean(self, value: Any) -> list[dict[str, str]]:
        """The rows, trimmed."""
        return [{part: text.strip() for part, text in row.items()} for row in value or []]
