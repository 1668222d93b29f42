"""Each process writes here that it lives; /readyz reads it."""

from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """The newest sign of life of one process: `role` is worker, beat or watcher; `instance` tells two of a role apart."""

    role = models.CharField(max_length=20)
    instance = models.CharField(max_length=120)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "instance"], name="heartbeat_once_per_instance")]

    def __str__(self) -> str:
        return f"{self.role} {self.instance}"

    @classmethod
    def beat(cls, role: str, instance: str) -> None:
        """Records on the database's clock that this process lives."""
        cls.objects.update_or_create(role=role, instance=instance, defaults={"at": Now()})
