"""Who calls and what they may do: bearer tokens and RBAC."""
