"""Faults made on purpose between the portal and a real API server, each judged by an oracle that shares no code with the portal."""
