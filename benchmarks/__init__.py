"""The figures of docs/benchmarks.md: each is a ratio against a peer in the same run, never a test."""
