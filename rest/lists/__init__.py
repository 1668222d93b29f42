"""The lists of the pages: what a view says once about its columns gives it an order, pages and an export."""

from rest.lists.column import Column
from rest.lists.listing import Listing

__all__ = ["Column", "Listing"]
