"""What apps above want to be told of: they append a function, the actions call it."""

from collections.abc import Callable

from tenants.models import Namespace

# Called in the transaction that records that a namespace, and so everything in it, is gone.
on_removed: list[Callable[[Namespace], None]] = []
