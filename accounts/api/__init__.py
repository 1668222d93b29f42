"""The REST endpoints of accounts: each reads what its caller may see and makes one call."""
