"""The frame of the REST API: problems, pages, idempotency, ETags, throttles, schema; and of the pages' lists. Knows no resource."""
