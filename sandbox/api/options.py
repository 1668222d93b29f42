"""The query parameters that writes share: dryRun, fieldManager, fieldValidation."""

from dataclasses import dataclass

from sandbox.api.request import Request
from sandbox.kinds.errors import Cause, invalid_options

VALIDATIONS = ("Ignore", "Strict", "Warn")


@dataclass(frozen=True)
class WriteOptions:
    """How a write is to be done."""

    dry_run: bool
    manager: str
    validation: str
    force: bool


def write_options(request: Request, options: str, *, is_apply: bool = False) -> WriteOptions:
    """Read and check them; `options` names their type in errors, such as PatchOptions."""
    causes = []
    manager, force = request.option("fieldManager"), request.option("force")
    if is_apply and not manager:
        causes.append(Cause("fieldManager", "Required value: is required for apply patch", "FieldValueRequired"))
    if options == "PatchOptions" and force and not is_apply:
        causes.append(Cause("force", "Forbidden: may not be specified for non-apply patch", "FieldValueForbidden"))
    dry_run = request.query.get("dryRun", [])
    if any(each != "All" for each in dry_run):
        shown = ", ".join(f'"{each}"' for each in dry_run)
        causes.append(Cause("dryRun", f'Unsupported value: []string{{{shown}}}: supported values: "All"', "FieldValueNotSupported"))
    validation = request.option("fieldValidation") or "Warn"
    if validation not in VALIDATIONS:
        allowed = ", ".join(f'"{each}"' for each in VALIDATIONS)
        causes.append(Cause("fieldValidation", f'Unsupported value: "{validation}": supported values: {allowed}', "FieldValueNotSupported"))
    if causes:
        raise invalid_options(options, causes)
    return WriteOptions(bool(dry_run), manager or default_manager(request), validation, request.flag("force"))


def default_manager(request: Request) -> str:
    """Without fieldManager, the first word of the User-Agent."""
    return (request.headers.get("user-agent") or "unknown").partition("/")[0][:128]
