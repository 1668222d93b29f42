"""`manage.py cluster_bootstrap`: makes a cluster ready for the portal with an admin's kubeconfig; may be run again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from audit.errors import Conflict
from clusters.bootstrap.register import bootstrap
from kube.errors import KubeError


class Command(BaseCommand):
    help = "Installs the published ClusterRoles and the portal's ServiceAccount in a cluster and registers it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--kubeconfig", type=Path, required=True, help="an admin's kubeconfig; it is used now and not kept")
        parser.add_argument("--name", default="main", help="the cluster's short name in the portal (default: main)")
        parser.add_argument("--display-name", default="", help="the name that pages show")
        parser.add_argument("--sandbox", action="store_true", help="pages say that this cluster is a sandbox")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it; every expected failure is one line."""
        try:
            cluster = bootstrap(
                options["kubeconfig"], name=options["name"], display_name=options["display_name"], is_sandbox=options["sandbox"]
            )
        except (KubeError, ValidationError, Conflict) as error:
            raise CommandError(str(error)) from None
        flavors = ", ".join(cluster.flavors.values_list("name", flat=True)) or "none"
        expires = f"{cluster.credential_expires_at:%Y-%m-%d %H:%M} UTC"
        self.stdout.write(
            f"{cluster.name}: {cluster.version}, GPU flavors: {flavors}; the portal's token is valid until {expires} and renewed before"
        )
