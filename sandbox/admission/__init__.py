"""What stands between a valid object and the store: namespaces, ServiceAccounts, limits, quota."""
