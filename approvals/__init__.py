"""Requests: asked, planned, decided with four eyes, and what became of them. Knows no kind of request; the kinds register themselves."""
