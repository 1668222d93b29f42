"""Custom objects of a real API server that would die of them: kept by the embedded server, reached by API aggregation."""
