"""The pages of namespaces and of asking for one."""
