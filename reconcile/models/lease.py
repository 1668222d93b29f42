"""A named lease: at most one holder of a role (the sweep, the watcher of a cluster) by the database's clock."""

from django.db import models


class Lease(models.Model):
    """Who holds the name until when. `fence` grows with each change of the holder, so that a late writer is recognised."""

    name = models.CharField(max_length=120, primary_key=True)
    holder = models.CharField(max_length=120, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} held by {self.holder or 'nobody'}"
