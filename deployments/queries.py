"""What pages, REST and actions read of deployments, with everything that a row needs already joined."""

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from audit.models import Entry
from clusters.models import Event, Observed, Pod, PodQuerySet
from deployments.models import ModelDeployment, Revision, Rollout, ScalingStep
from deployments.spec import Source
from registry.models import ModelAlias, ModelVersion
from tenants.models import Namespace

LABEL = "serving.kserve.io/inferenceservice"


def deployments_seen_by(user: User) -> QuerySet[ModelDeployment]:
    """The deployments that the user may see, with namespace, team, revision and running rollout (`running`, a list of at most one)."""
    running = Prefetch("rollouts", Rollout.objects.running().select_related("candidate__model_version__model"), to_attr="running")
    seen = ModelDeployment.objects.visible_to(user).select_related("cluster", "namespace__team", "revision__model_version__model")
    return seen.prefetch_related(running)


def with_aliases(rows: QuerySet[ModelDeployment]) -> QuerySet[ModelDeployment]:
    """With the aliases of the versions that serve, which tables show."""
    return rows.prefetch_related("revision__model_version__aliases")


def standing_deployment(namespace: Namespace, name: str) -> ModelDeployment | None:
    """The deployment of this name, unless it is gone."""
    rows = ModelDeployment.objects.standing().filter(namespace=namespace, name=name)
    return rows.select_related("cluster", "namespace__team", "revision").first()


def last_good(deployment: ModelDeployment) -> Revision | None:
    """The newest revision that served before the one that serves now and says something else; candidates that never did are none."""
    if deployment.revision is None:
        return None
    tried = Rollout.objects.filter(deployment=deployment).exclude(ended=Rollout.End.PROMOTED).values("candidate")
    before = deployment.revisions.filter(number__lt=deployment.revision.number).exclude(pk__in=tried)
    return next((revision for revision in before.iterator(20) if revision.content != deployment.revision.content), None)


def version_of(source: Source) -> ModelVersion | None:
    """The version that a source names, if it is one of a model and the registry had it."""
    if source.kind != "model":
        return None
    rows = ModelVersion.objects.filter(model__name=source.model, number=source.version)
    return rows.select_related("model__team").first()


def named_by(alias: str, version: ModelVersion | None) -> ModelVersion | None:
    """The version that the alias names now of the model of `version`; None when there is no such alias, or no model."""
    rows = ModelAlias.objects.filter(model=version.model_id, name=alias) if version else ModelAlias.objects.none()
    found = rows.select_related("version").first()
    return found.version if found else None


def last_of_following(deployment: ModelDeployment) -> Entry | None:
    """The newest audit entry that says that it follows, that it does not any more, or that it could not."""
    about = Entry.objects.filter(subject_kind="deployment", subject_id=str(deployment.pk), outcome=Entry.Outcome.ACCEPTED)
    return about.filter(action__in=("deployment.follow", "deployment.follow_ended", "deployment.not_followed")).first()


def services_of(deployment: ModelDeployment) -> QuerySet[Observed]:
    """Its InferenceServices as the watcher last saw them. The label alone says little: in another namespace another team can write it."""
    own = {"cluster": deployment.cluster_id, "namespace": deployment.namespace.name, "owner": deployment.holder}
    return Observed.objects.filter(kind="InferenceService", **own).order_by("name")


def pods_of(deployment: ModelDeployment) -> PodQuerySet:
    """Its pods as the watcher last saw them, of all its revisions."""
    names = [deployment.name, *services_of(deployment).values_list("name", flat=True)]
    rows = Pod.objects.filter(cluster=deployment.cluster_id, namespace=deployment.namespace.name)
    return rows.filter(**{f"labels__{LABEL}__in": names}).order_by("name")


def events_of(deployment: ModelDeployment) -> QuerySet[Event]:
    """Events about its objects and pods, newest first."""
    rows = Event.objects.filter(cluster=deployment.cluster_id, namespace=deployment.namespace.name)
    # Not whatever begins like it: that may be another deployment's.
    own = rf"^{deployment.name}(-r[0-9]+)?(-predictor.*)?$"
    return rows.filter(involved_name__regex=own).order_by("-last_at")


def scaling_steps(deployment: ModelDeployment) -> QuerySet[ScalingStep]:
    """What changed its number of replicas, newest first, with who asked."""
    return ScalingStep.objects.filter(deployment=deployment).select_related("asked_by")
