"""REST for namespaces and for asking for one."""
