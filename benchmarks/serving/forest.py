"""`python -m benchmarks.serving.forest ADDRESS NAME TEAM`: registers a model at an MLflow server that takes as long as models in use do.

A forest of 300 trees on the digits of scikit-learn: some 20 ms a prediction, where the demo models need less than one.
"""

import os
import sys
import tempfile

TREES = 300


def main(address: str, name: str, team: str) -> None:
    """Trains it and registers version 1 with the alias champion."""
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false")
    os.chdir(tempfile.mkdtemp(prefix="forest-"))
    import mlflow
    import mlflow.sklearn
    from mlflow.models import infer_signature
    from sklearn.datasets import load_digits
    from sklearn.ensemble import RandomForestClassifier

    pixels, digits = load_digits(return_X_y=True)
    model = RandomForestClassifier(TREES, random_state=0).fit(pixels, digits)
    mlflow.set_tracking_uri(address)
    mlflow.set_experiment(f"{team}/{name}")
    client = mlflow.MlflowClient()
    client.create_registered_model(name, tags={"slipway.dev/team": team})
    with mlflow.start_run():
        signature, needs = infer_signature(pixels, digits), [f"mlflow=={mlflow.__version__}"]
        trusted = ["sklearn.tree._tree.Tree", "numpy.dtype"]
        logged = mlflow.sklearn.log_model(model, name="model", signature=signature, pip_requirements=needs, skops_trusted_types=trusted)
    client.create_model_version(name, logged.model_uri, model_id=logged.model_uri.rpartition("/")[2])
    client.set_registered_model_alias(name, "champion", "1")


if __name__ == "__main__":
    main(*sys.argv[1:])
