"""Translates what namespaces hold into the cluster's capacity accounts."""

from collections import Counter

from clusters.models import Cluster
from tenants.resources import Resources


def account_amounts(cluster: Cluster, resources: Resources) -> dict[str, int]:
    """Amounts by account key; flavors of one node pool add up in their common account, so that a card counts once.

    Raises KeyError for a flavor that the cluster does not have.
    """
    account_of = dict(cluster.flavors.values_list("name", "account__key"))
    amounts = Counter({"cpu": resources.cpu, "memory": resources.memory, "storage": resources.storage})
    for flavor, count in resources.gpus.items():
        amounts[account_of[flavor]] += count
    return {key: amount for key, amount in amounts.items() if amount}
