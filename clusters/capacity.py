"""Reserving and releasing a cluster's capacity: one conditional UPDATE per account decides, never a read before a write."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from audit.errors import Conflict
from clusters.models import Allotment, CapacityAccount, Cluster


class CapacityExceeded(Conflict):
    """Nothing was reserved: `account` has only `free` left of the `asked` (in the account's unit)."""

    def __init__(self, account: str, asked: int, free: int) -> None:
        self.account, self.asked, self.free = account, asked, free
        message = _("%(account)s: %(asked)s asked, %(free)s free. Ask for less, or have the ceiling raised.")
        super().__init__(message % {"account": account, "asked": asked, "free": free}, code="capacity_exceeded")


def reserve(*, cluster: Cluster, holder: str, amounts: Mapping[str, int]) -> None:
    """Add `amounts` (account key -> millicores, bytes or cards, each >= 0) to what `holder` has; all of them or none.

    Runs inside the caller's transaction. CapacityExceeded when one does not fit; ValueError on a negative amount.
    """
    _refuse_negative(amounts)
    with transaction.atomic():
        wanted = {key: amounts[key] for key in sorted(amounts) if amounts[key]}
        for key, amount in wanted.items():
            _take(cluster, key, amount)
        _allot(cluster, holder, wanted)


def release(*, cluster: Cluster, holder: str, amounts: Mapping[str, int] | None = None) -> None:
    """Give back `amounts` of what `holder` has, or all of it. ValueError when it has less than that; runs in the caller's transaction."""
    _refuse_negative(amounts or {})
    with transaction.atomic():
        held = _locked_allotments(cluster, holder)
        wanted = {key: allotment.amount for key, allotment in held.items()} if amounts is None else dict(amounts)
        for key in sorted(key for key, amount in wanted.items() if amount):
            if key not in held or held[key].amount < wanted[key]:
                raise ValueError(f"{holder} does not hold {wanted[key]} of {key}")
            _release_one(held[key], wanted[key])


def _refuse_negative(amounts: Mapping[str, int]) -> None:
    if wrong := sorted(key for key, amount in amounts.items() if amount < 0):
        raise ValueError(f"amounts must not be negative: {', '.join(wrong)}")


def _take(cluster: Cluster, key: str, amount: int) -> None:
    accounts = CapacityAccount.objects.filter(cluster=cluster, key=key)
    fits = Q(ceiling__isnull=True) | Q(ceiling__gte=F("granted") + amount)
    if not accounts.filter(fits).update(granted=F("granted") + amount):
        account = accounts.first()
        raise CapacityExceeded(key, amount, (account.free or 0) if account else 0)


def _allot(cluster: Cluster, holder: str, wanted: Mapping[str, int]) -> None:
    """Notes who holds what. The UPDATEs before hold the accounts' rows until the end of the transaction, so no one else is at them."""
    held = Exists(Allotment.objects.filter(account=OuterRef("pk"), holder=holder))
    accounts = CapacityAccount.objects.filter(cluster=cluster, key__in=wanted).values_list("pk", "key", held)
    new = []
    for pk, key, is_held in accounts:
        if is_held:
            Allotment.objects.filter(account=pk, holder=holder).update(amount=F("amount") + wanted[key])
        else:
            new.append(Allotment(account_id=pk, holder=holder, amount=wanted[key]))
    Allotment.objects.bulk_create(new)


def _locked_allotments(cluster: Cluster, holder: str) -> dict[str, Allotment]:
    accounts = CapacityAccount.objects.filter(cluster=cluster, allotments__holder=holder).order_by("key")
    list(CapacityAccount.objects.select_for_update().filter(pk__in=accounts.values("pk")).order_by("key"))
    held = Allotment.objects.filter(account__cluster=cluster, holder=holder).select_related("account")
    return {allotment.account.key: allotment for allotment in held}


def _release_one(allotment: Allotment, amount: int) -> None:
    CapacityAccount.objects.filter(pk=allotment.account_id).update(granted=F("granted") - amount)
    if amount == allotment.amount:
        allotment.delete()
    else:
        Allotment.objects.filter(pk=allotment.pk).update(amount=F("amount") - amount)
