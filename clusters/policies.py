"""Who may do what with clusters."""

from typing import Any

from accounts.policies import may_administer


def may_see_details(user: Any) -> bool:
    """Nodes, versions, profile: administrators. Names and what is left: everyone who is signed in."""
    return may_administer(user)


def may_declare_flavor(actor: Any) -> bool:
    """Administrators, and the system itself."""
    return may_administer(actor)


def may_change_cluster(actor: Any) -> bool:
    """Administrators, and the system itself."""
    return may_administer(actor)
