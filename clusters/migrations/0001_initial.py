"""The tables of clusters/."""

import clusters.models.cluster
import clusters.models.encrypted
import clusters.network_profile
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Cluster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=63, unique=True, verbose_name="name")),
                ("display_name", models.CharField(blank=True, max_length=120, verbose_name="display name")),
                ("kubeconfig", clusters.models.encrypted.EncryptedTextField(blank=True, editable=False)),
                ("credential_issued_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("credential_expires_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="credential expires")),
                ("is_sandbox", models.BooleanField(default=False, verbose_name="sandbox")),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="version")),
                ("capabilities", models.JSONField(blank=True, default=dict)),
                (
                    "network_profile",
                    models.JSONField(
                        blank=True, default=clusters.network_profile.default_profile, validators=[clusters.network_profile.validate_profile]
                    ),
                ),
                ("identity", models.JSONField(blank=True, default=clusters.models.cluster.default_identity)),
                (
                    "overcommit",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1"),
                        max_digits=5,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.1"))],
                        verbose_name="overcommit of CPU and memory",
                    ),
                ),
                ("breaker_opened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_seen_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("stale_since", models.DateTimeField(blank=True, editable=False, null=True)),
                ("resynced_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "cluster",
                "verbose_name_plural": "clusters",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="CapacityAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100, verbose_name="key")),
                ("installed", models.BigIntegerField(blank=True, null=True, verbose_name="installed")),
                (
                    "ceiling",
                    models.BigIntegerField(
                        blank=True, help_text="Nothing above it is granted. Empty: no limit.", null=True, verbose_name="ceiling"
                    ),
                ),
                ("ceiling_fixed", models.BooleanField(default=False, verbose_name="ceiling set by hand")),
                ("granted", models.BigIntegerField(default=0, editable=False, verbose_name="granted")),
                ("cluster", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="accounts", to="clusters.cluster")),
            ],
            options={
                "verbose_name": "capacity account",
                "verbose_name_plural": "capacity accounts",
                "ordering": ["cluster_id", "key"],
            },
        ),
        migrations.CreateModel(
            name="Drift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner_kind", models.CharField(max_length=40)),
                ("owner_pk", models.BigIntegerField()),
                ("api_version", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=63, verbose_name="kind")),
                ("namespace", models.CharField(blank=True, max_length=63)),
                ("name", models.CharField(max_length=253, verbose_name="name")),
                (
                    "found",
                    models.CharField(
                        choices=[("changed", "changed"), ("deleted", "deleted"), ("replaced", "replaced")],
                        max_length=12,
                        verbose_name="found",
                    ),
                ),
                ("manager", models.CharField(blank=True, max_length=160, verbose_name="who")),
                ("operation", models.CharField(blank=True, max_length=20)),
                ("fields", models.JSONField(default=list, verbose_name="fields")),
                ("live", models.JSONField(default=dict)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="seen")),
                ("repaired_at", models.DateTimeField(null=True, verbose_name="repaired")),
                ("cluster", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="drifts", to="clusters.cluster")),
            ],
            options={
                "verbose_name": "drift",
                "verbose_name_plural": "drifts",
                "ordering": ["-seen_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("namespace", models.CharField(max_length=63)),
                ("name", models.CharField(max_length=253)),
                ("uid", models.CharField(max_length=64)),
                ("involved_kind", models.CharField(blank=True, max_length=63, verbose_name="kind")),
                ("involved_name", models.CharField(blank=True, max_length=253, verbose_name="object")),
                ("reason", models.CharField(blank=True, max_length=128, verbose_name="reason")),
                ("message", models.TextField(blank=True, verbose_name="message")),
                ("type", models.CharField(blank=True, max_length=20, verbose_name="type")),
                ("count", models.IntegerField(default=1, verbose_name="count")),
                ("first_at", models.DateTimeField(null=True, verbose_name="first")),
                ("last_at", models.DateTimeField(verbose_name="last")),
                ("cluster", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="events", to="clusters.cluster")),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["-last_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="GpuFlavor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, verbose_name="name")),
                ("display_name", models.CharField(blank=True, max_length=120, verbose_name="display name")),
                ("resource_name", models.CharField(default="nvidia.com/gpu", max_length=120, verbose_name="resource name")),
                ("node_selector", models.JSONField(blank=True, default=dict, verbose_name="node selector")),
                (
                    "source",
                    models.CharField(
                        choices=[("observed", "observed"), ("declared", "declared")],
                        default="observed",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                ("installed", models.BigIntegerField(default=0, verbose_name="installed cards")),
                ("warning", models.CharField(blank=True, max_length=300, verbose_name="warning")),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="seen")),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="flavors", to="clusters.capacityaccount"),
                ),
                ("cluster", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="flavors", to="clusters.cluster")),
            ],
            options={
                "verbose_name": "GPU flavor",
                "verbose_name_plural": "GPU flavors",
                "ordering": ["cluster_id", "name"],
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=253, verbose_name="name")),
                ("uid", models.CharField(max_length=64)),
                ("resource_version", models.CharField(blank=True, max_length=40)),
                ("labels", models.JSONField(default=dict)),
                ("allocatable", models.JSONField(default=dict)),
                ("ready", models.BooleanField(default=False, verbose_name="ready")),
                ("schedulable", models.BooleanField(default=True, verbose_name="schedulable")),
                ("version", models.CharField(blank=True, max_length=40)),
                ("observed_at", models.DateTimeField()),
                ("cluster", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="nodes", to="clusters.cluster")),
            ],
            options={
                "verbose_name": "node",
                "verbose_name_plural": "nodes",
                "ordering": ["cluster_id", "name"],
            },
        ),
        migrations.CreateModel(
            name="Observed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("api_version", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=63, verbose_name="kind")),
                ("namespace", models.CharField(blank=True, max_length=63)),
                ("name", models.CharField(max_length=253, verbose_name="name")),
                ("uid", models.CharField(max_length=64)),
                ("resource_version", models.CharField(max_length=40)),
                ("owner", models.CharField(max_length=80)),
                ("digest", models.CharField(blank=True, max_length=80)),
                ("body", models.JSONField(default=dict)),
                ("observed_at", models.DateTimeField()),
                ("cluster", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="observed", to="clusters.cluster")),
            ],
            options={
                "verbose_name": "observed object",
                "verbose_name_plural": "observed objects",
                "ordering": ["namespace", "kind", "name"],
            },
        ),
        migrations.CreateModel(
            name="Pod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("namespace", models.CharField(max_length=63)),
                ("name", models.CharField(max_length=253, verbose_name="name")),
                ("uid", models.CharField(max_length=64)),
                ("resource_version", models.CharField(blank=True, max_length=40)),
                ("owner", models.CharField(blank=True, max_length=80)),
                ("labels", models.JSONField(default=dict)),
                ("containers", models.JSONField(default=list)),
                ("phase", models.CharField(blank=True, max_length=40, verbose_name="phase")),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="reason")),
                ("message", models.TextField(blank=True, verbose_name="message")),
                ("ready", models.CharField(blank=True, max_length=12, verbose_name="ready")),
                ("restarts", models.IntegerField(default=0, verbose_name="restarts")),
                ("node", models.CharField(blank=True, max_length=253, verbose_name="node")),
                ("requests", models.JSONField(default=dict, verbose_name="requests")),
                ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                ("observed_at", models.DateTimeField()),
                ("cluster", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pods", to="clusters.cluster")),
            ],
            options={
                "verbose_name": "pod",
                "verbose_name_plural": "pods",
                "ordering": ["namespace", "name"],
            },
        ),
        migrations.CreateModel(
            name="Allotment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(db_index=True, max_length=80)),
                ("amount", models.BigIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="allotments", to="clusters.capacityaccount"
                    ),
                ),
            ],
            options={
                "verbose_name": "allotment",
                "verbose_name_plural": "allotments",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "holder"), name="one_allotment_per_holder"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="allotment_not_negative"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="capacityaccount",
            constraint=models.UniqueConstraint(fields=("cluster", "key"), name="one_account_per_key"),
        ),
        migrations.AddConstraint(
            model_name="capacityaccount",
            constraint=models.CheckConstraint(condition=models.Q(("granted__gte", 0)), name="granted_not_negative"),
        ),
        migrations.AddIndex(
            model_name="drift",
            index=models.Index(fields=["owner_kind", "owner_pk"], name="drift_by_owner"),
        ),
        migrations.AddIndex(
            model_name="drift",
            index=models.Index(fields=["repaired_at", "-seen_at"], name="drift_open_first"),
        ),
        migrations.AddConstraint(
            model_name="drift",
            constraint=models.UniqueConstraint(
                condition=models.Q(("repaired_at__isnull", True)),
                fields=("cluster", "api_version", "kind", "namespace", "name", "manager"),
                name="one_open_drift_per_object_and_manager",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["cluster", "namespace", "-last_at"], name="event_newest"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("cluster", "namespace", "name"), name="one_event_per_name"),
        ),
        migrations.AddConstraint(
            model_name="gpuflavor",
            constraint=models.UniqueConstraint(fields=("cluster", "name"), name="one_flavor_per_name"),
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.UniqueConstraint(fields=("cluster", "name"), name="one_node_per_name"),
        ),
        migrations.AddIndex(
            model_name="observed",
            index=models.Index(fields=["cluster", "owner"], name="observed_by_owner"),
        ),
        migrations.AddConstraint(
            model_name="observed",
            constraint=models.UniqueConstraint(
                fields=("cluster", "api_version", "kind", "namespace", "name"), name="one_observation_per_object"
            ),
        ),
        migrations.AddIndex(
            model_name="pod",
            index=models.Index(fields=["cluster", "owner"], name="pod_by_owner"),
        ),
        migrations.AddConstraint(
            model_name="pod",
            constraint=models.UniqueConstraint(fields=("cluster", "namespace", "name"), name="one_pod_per_name"),
        ),
    ]
