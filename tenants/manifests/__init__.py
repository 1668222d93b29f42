"""What a namespace gets, one kind per file; `render` puts them together. Pure: rows in, dicts out, no database and no cluster."""

from tenants.manifests.render import render

__all__ = ["render"]
