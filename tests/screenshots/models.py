"""The model catalogue for the pictures: details of what is served, tags, changes, a model with hostile lengths, one that is gone."""

from django.utils import timezone

from accounts.models import Team, User
from registry.actions import set_alias, set_tag
from registry.models import Change, ModelVersion, RegisteredModel, Registry
from tests.deploying import make_model, make_version

COLUMNS = [{"type": "double", "name": name, "required": True} for name in ("alcohol", "malic_acid", "ash", "proline")]
DETAILS = {
    "run_id": "4f" * 16,
    "run_name": "gradient boosting",
    "experiment": "vision/defects",
    "author": "alice",
    "source": "models:/m-" + "4f" * 16,
    "metrics": {"accuracy": 0.97731, "f1_macro": 0.96902, "log_loss": 0.0831, "train_rows": 41_200.0},
    "params": {"estimator": "GradientBoostingClassifier", "learning_rate": "0.05", "max_depth": "6"},
    "signature": {"inputs": COLUMNS, "outputs": [{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}], "params": None},
    "input_example": {"columns": [column["name"] for column in COLUMNS], "data": [[14.2, 1.7, 2.4, 1065.0], [13.2, 1.8, 2.1, 1050.0]]},
    "tags": {"dataset": "line-7 2026-10"},
}
LONG = "a-model-" + "of-a-very-long-name-" * 11


def make_catalogue(people: dict[str, User]) -> None:
    """After the deployments, whose models it fills in."""
    Registry.adopt("http://registry.test")
    Registry.objects.update(answered_at=timezone.now(), version="3.17.2")
    vision = Team.objects.get(name="vision")
    RegisteredModel.objects.filter(name="defects").update(
        team=vision, team_tag="vision", description="Finds scratches and dents on the parts of line 7.", updated_at=timezone.now()
    )
    ModelVersion.objects.filter(model__name="defects").update(**DETAILS)
    defects = RegisteredModel.objects.get(name="defects")
    Change.objects.filter(pk=set_tag(actor=people["member"], model=defects, key="line", value="7").pk).update(
        observed_generation=1, next_reconcile_at=None
    )
    set_alias(actor=people["owner"], model=defects, alias="candidate", number=2)
    _long()
    gone = make_model("retired", vision, gone_at=timezone.now())
    make_version(gone, gone_at=timezone.now())


def _long() -> None:
    words = {f"{number}-" + "x" * 60: "y" * 300 for number in range(6)}
    model = make_model(LONG[:250], description="Unbroken" + "z" * 400, tags=words, updated_at=timezone.now())
    make_version(
        model,
        aliases=("a" * 63, "b" * 63),
        source="s3://" + "bucket/" * 60,
        metrics=dict.fromkeys(words, 1 / 3),
        params=words,
        signature={"inputs": [{"name": name, "type": "array", "items": {"type": "string"}} for name in words]},
        details_problem="MLmodel is nested too deeply, refers to itself, or is too long",
        stage="Production",
        status="PENDING_REGISTRATION",
    )
