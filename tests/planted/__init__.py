"""Faults planted on purpose: each patch must turn the test that it names red."""
