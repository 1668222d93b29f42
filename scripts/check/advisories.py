"""What an audit said, and how the gate answers: an advisory fails it, an advisory service out of reach is said loudly."""

from dataclasses import dataclass, field


@dataclass
class Audit:
    """`found` names package, version and advisory; `unknown` says why some or all packages could not be looked up."""

    source: str
    found: list[str] = field(default_factory=list)
    unknown: str = ""


def report(audit: Audit) -> int:
    """Prints the outcome and returns the exit status."""
    if audit.unknown:
        print(f"!!! NOT AUDITED ({audit.source}): {audit.unknown}. Run `make check` again where the advisory service can be reached. !!!")
    for line in audit.found:
        print(f"advisory: {line}")
    if not audit.found and not audit.unknown:
        print(f"{audit.source}: no known advisory")
    return 1 if audit.found else 0
