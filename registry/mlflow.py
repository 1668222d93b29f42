"""The only place that imports MLflow: it trains the models of the quick start. A worker or a web process never comes here.

Both learn from the data sets that scikit-learn brings, and neither is pretended: their figures are those of a held-out part.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MADE_TAG = "slipway.dev/demo"


@dataclass(frozen=True)
class Example:
    """One version to train: `key` marks it in the registry, `alias` is what it is to be called at first."""

    key: str
    model: str
    team: str
    alias: str
    run: str
    about: str


EXAMPLES = (
    Example("digits-linear", "digits", "vision", "champion", "logistic regression", "Reads a handwritten digit from 8 x 8 grey values."),
    Example("digits-kernel", "digits", "vision", "challenger", "support vectors", "Reads a handwritten digit from 8 x 8 grey values."),
    Example("wine-linear", "wine", "speech", "champion", "scaled logistic regression", "Tells three cultivars apart by a wine's analysis."),
)


def train_examples(address: str, folder: Path) -> list[str]:
    """Trains and registers what the registry at `address` lacks; the keys of what was made. `folder` is for MLflow's own files.

    Run again after an interruption it goes on: a version carries its key, and an alias that somebody has set since stays.
    """
    # Read when it is imported: nobody is told what is done here, and no file is left in the current folder.
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false")
    os.chdir(folder)
    import mlflow

    mlflow.set_tracking_uri(address)
    client = mlflow.MlflowClient()
    return [example.key for example in EXAMPLES if _ensure(client, example)]


def _ensure(client: Any, example: Example) -> bool:
    """Whether the version had to be made, or the last step of making it was missing."""
    found = [version for version in client.search_model_versions(f"name = '{example.model}'") if version.tags.get(MADE_TAG) == example.key]
    if found and found[0].tags.get(f"{MADE_TAG}-alias"):
        return False
    number = found[0].version if found else _register(client, example)
    if example.alias not in client.get_registered_model(example.model).aliases:
        client.set_registered_model_alias(example.model, example.alias, number)
    client.set_model_version_tag(example.model, number, f"{MADE_TAG}-alias", example.alias)
    return True


def _register(client: Any, example: Example) -> str:
    """Trains it in a run of its team's experiment and registers it; the new version's number."""
    from mlflow.exceptions import MlflowException

    _choose_experiment(client, example)
    uri = _trained(example)
    team = {"slipway.dev/team": example.team}
    try:
        client.create_registered_model(example.model, tags=team, description=example.about)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    model_id = uri.rpartition("/")[2]
    run_id = client.get_logged_model(model_id).source_run_id
    made = client.create_model_version(example.model, uri, run_id, tags={MADE_TAG: example.key}, model_id=model_id)
    return str(made.version)


def _choose_experiment(client: Any, example: Example) -> None:
    import mlflow

    experiment = mlflow.set_experiment(f"{example.team}/{example.model}")
    client.set_experiment_tag(experiment.experiment_id, "slipway.dev/team", example.team)


def _trained(example: Example) -> str:
    """Fits the classifier and logs it with signature, input example, parameters and figures; its URI."""
    import mlflow
    import mlflow.sklearn
    import sklearn
    from mlflow.models import infer_signature

    data = _data(example)
    classifier = _classifier(example).fit(data["train"], data["train_labels"])
    given = data["test"][:3]
    with mlflow.start_run(run_name=example.run):
        mlflow.log_params(_told_parameters(classifier))
        mlflow.log_metrics(_figures(classifier, data))
        # The requirements are known; MLflow would load the model in another process to find them.
        needs = [f"mlflow=={mlflow.__version__}", f"scikit-learn=={sklearn.__version__}"]
        signature = infer_signature(data["train"], classifier.predict(data["train"]))
        logged = mlflow.sklearn.log_model(classifier, name="model", signature=signature, input_example=given, pip_requirements=needs)
    return str(logged.model_uri)


def _data(example: Example) -> dict[str, Any]:
    from sklearn.datasets import load_digits, load_wine
    from sklearn.model_selection import train_test_split

    inputs, labels = load_digits(return_X_y=True) if example.model == "digits" else load_wine(return_X_y=True, as_frame=True)
    train, test, train_labels, test_labels = train_test_split(inputs, labels, test_size=0.25, random_state=7, stratify=labels)
    return {"train": train, "test": test, "train_labels": train_labels, "test_labels": test_labels}


def _classifier(example: Example) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    if example.key == "digits-kernel":
        return make_pipeline(StandardScaler(), SVC(C=5.0, gamma="scale"))
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=500))


def _told_parameters(classifier: Any) -> dict[str, str]:
    """The last step's parameters that somebody would look for."""
    told = classifier[-1].get_params()
    names = ("C", "solver", "max_iter", "kernel", "gamma")
    return {"estimator": type(classifier[-1]).__name__, **{name: str(told[name]) for name in names if name in told}}


def _figures(classifier: Any, data: dict[str, Any]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    said, truth = classifier.predict(data["test"]), data["test_labels"]
    return {
        "accuracy": float(accuracy_score(truth, said)),
        "f1_macro": float(f1_score(truth, said, average="macro")),
        "train_rows": float(len(data["train"])),
    }
