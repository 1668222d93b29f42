"""`manage.py declare_flavor`: a GPU flavor that no node shows yet, such as that of a pool that is scaled to zero."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from clusters.actions import declare_flavor
from clusters.models import Cluster


class Command(BaseCommand):
    help = "Declares a GPU flavor where no node is seen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("name", help="such as h100")
        parser.add_argument("cards", type=int, help="the most cards that may be granted")
        parser.add_argument("--cluster", default="main")
        parser.add_argument("--resource-name", default="nvidia.com/gpu")
        parser.add_argument("--select", action="append", default=[], metavar="LABEL=VALUE", help="a node label of this flavor; repeatable")
        parser.add_argument("--tolerate", action="append", default=[], metavar="KEY", help="a taint of its nodes; repeatable")
        parser.add_argument("--runtime-class", default="")
        parser.add_argument("--display-name", default="")
        parser.add_argument("--pool", default="", help="a flavor that is cut from the same cards")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Declare it; every expected failure is one line."""
        try:
            cluster = Cluster.objects.get(name=options["cluster"])
            selector = dict(item.split("=", 1) for item in options["select"])
            flavor = declare_flavor(
                actor=None,
                cluster=cluster,
                name=options["name"],
                cards=options["cards"],
                resource_name=options["resource_name"],
                node_selector=selector,
                display_name=options["display_name"],
                pool=options["pool"],
                tolerations=[{"key": key, "operator": "Exists"} for key in options["tolerate"]],
                runtime_class=options["runtime_class"],
            )
        except Cluster.DoesNotExist:
            raise CommandError(f"there is no cluster named {options['cluster']}; run cluster_bootstrap first") from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        except ValueError:
            raise CommandError("write --select as LABEL=VALUE") from None
        self.stdout.write(f"{cluster.name}/{flavor.name}: {flavor.warning}")
