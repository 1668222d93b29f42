"""The frame of the REST API: problems, pages, idempotency, ETags, throttles, schema. Knows no resource."""
