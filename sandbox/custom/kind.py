"""A kind that a CustomResourceDefinition brings, in one of its versions."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sandbox.custom.expressions import broken_rules, broken_transitions, has_rules
from sandbox.custom.pruning import prune, set_defaults
from sandbox.custom.types import object_type
from sandbox.kinds.errors import Cause
from sandbox.kinds.rules import Object, Rules
from sandbox.kinds.table import Kind
from sandbox.schema.decode import Decoded, TypeMismatch, decode
from sandbox.schema.types import Struct, struct

Schema = dict[str, Any]
OPEN: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


@dataclass(frozen=True)
class CustomKind(Kind):
    """One version; `schema` is its structural schema, `scale` the JSON paths of its scale subresource."""

    schema: Schema = field(default_factory=lambda: OPEN, compare=False)
    scale: dict[str, str] | None = field(default=None, compare=False)
    columns: tuple[dict[str, Any], ...] = field(default=(), compare=False)
    names: tuple[str, str] = ("", "")
    is_custom: bool = True

    @property
    def singular(self) -> str:
        """As the definition names it."""
        return self.names[0] or super().singular

    @property
    def list_name(self) -> str:
        """As the definition names it."""
        return self.names[1] or super().list_name

    @cached_property
    def struct(self) -> Struct:
        """The type of its objects, for decoding and field ownership."""
        return object_type(self.schema, f"custom.{self.version}.{self.name}")

    @cached_property
    def rules(self) -> Rules:
        """Defaults and checks that follow from the schema."""
        from sandbox.custom.checks import SchemaChecks  # its library takes a tenth of a second, which a server without custom kinds saves

        checks, has_expressions = SchemaChecks(self.schema), has_rules(self.schema)

        def validate(value: Object) -> list[Cause]:
            # Rules may rely on what the schema says of types, so they come second.
            return checks.causes(value) or (broken_rules(value, self.schema) if has_expressions else [])

        def validate_update(new: Object, old: Object) -> list[Cause]:
            return broken_transitions(new, old, self.schema) if has_expressions else []

        return Rules(self._set_defaults, validate, validate_update, initial_status=lambda value: None, validate_status=validate)

    def decode(self, body: Any, *, keep_empty: bool = False) -> Decoded:
        """The object without what its schema does not know; only its metadata are checked here, the rest later."""
        if not isinstance(body, dict):
            raise TypeMismatch(f"json: cannot unmarshal {type(body).__name__} into Go value of type map[string]interface {{}}")
        unknown: list[str] = []
        value = prune(body, self.schema, unknown, is_resource=True)
        metadata = decode(body.get("metadata") or {}, struct("meta.v1.ObjectMeta"), keep_empty=keep_empty)
        value["metadata"] = metadata.value
        return Decoded(value, [*(f"metadata.{path}" for path in metadata.unknown), *unknown])

    def desired(self, value: Object) -> Object:
        """Everything but metadata, and status where it is a subresource."""
        hidden = ("metadata", "status") if self.status else ("metadata",)
        return {key: item for key, item in value.items() if key not in hidden}

    def convert(self, value: Object) -> Object:
        """An object that was stored in another version, as this one shows it."""
        shown: Object = prune(value, self.schema, [], is_resource=True)
        self._set_defaults(shown)
        return shown

    def _set_defaults(self, value: Object) -> None:
        set_defaults(value, self.schema)
