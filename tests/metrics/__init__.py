"""Sampling, rollups, series, charts."""
