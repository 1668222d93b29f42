"""Takes, renews and releases a named lease by conditional UPDATEs on the database's clock."""

from django.db.models import F, Q
from django.db.models.functions import Now

from reconcile.clock import after
from reconcile.models import Lease


class NamedLease:
    """One process's hold on a name.

    Usage: `acquire()` until it answers True, `renew()` before each stretch of work, `release()` at the end.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.holder = ""
        self.seconds = 0.0
        self.fence = 0

    def acquire(self, holder: str, seconds: float) -> bool:
        """Takes the lease if it is free, ended, or already this holder's. Answers whether it is held now."""
        Lease.objects.get_or_create(name=self.name)
        mine = Lease.objects.filter(name=self.name)
        taken = mine.filter(Q(until__isnull=True) | Q(until__lt=Now())).update(
            holder=holder, until=after(seconds), fence=F("fence") + 1
        ) or mine.filter(holder=holder).update(until=after(seconds))
        if taken:
            self.holder, self.seconds = holder, seconds
            self.fence = mine.values_list("fence", flat=True).get()
        return bool(taken)

    def renew(self) -> bool:
        """Prolongs the lease; False when it ended meanwhile and somebody else took it."""
        return bool(Lease.objects.filter(name=self.name, holder=self.holder, fence=self.fence).update(until=after(self.seconds)))

    def release(self) -> None:
        """Gives the name back at once; without effect when it is no longer ours."""
        Lease.objects.filter(name=self.name, holder=self.holder, fence=self.fence).update(until=None, holder="")
