"""Clients that others wrote, against the embedded server and a real one."""
