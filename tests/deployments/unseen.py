"""`python -m tests.deployments.unseen ADDRESS NAME TEAM SEED`: trains two versions of a model that nobody has seen, of random data.

Prints JSON: random `rows` and what each version's own predict says of them (`champion`, `challenger`).
"""

import json
import os
import sys
import tempfile


def main(address: str, name: str, team: str, seed: int) -> None:
    """Registers both at the MLflow server at `address`."""
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false")
    os.chdir(tempfile.mkdtemp(prefix="unseen-"))
    import mlflow
    import mlflow.sklearn
    import numpy as np
    import pandas as pd
    from mlflow.models import infer_signature
    from sklearn.linear_model import Ridge
    from sklearn.tree import DecisionTreeRegressor

    random = np.random.default_rng(seed)
    columns = {f"c{number} x": random.normal(size=200) * 10**number for number in range(3)} | {"count": random.integers(0, 9, 200)}
    table = pd.DataFrame(columns)
    labels = table.to_numpy() @ random.normal(size=4)
    mlflow.set_tracking_uri(address)
    mlflow.set_experiment(f"{team}/{name}")
    client = mlflow.MlflowClient()
    client.create_registered_model(name, tags={"slipway.dev/team": team})
    asked, told = table.sample(5, random_state=seed), {}
    for role, model in (("champion", Ridge()), ("challenger", DecisionTreeRegressor(max_depth=3, random_state=seed))):
        model.fit(table, labels)
        told[role] = model.predict(asked).tolist()
        with mlflow.start_run():
            needs = [f"mlflow=={mlflow.__version__}"]
            logged = mlflow.sklearn.log_model(
                model, name="model", signature=infer_signature(table, labels), pip_requirements=needs, skops_trusted_types=TRUSTED
            )
        client.create_model_version(name, logged.model_uri, model_id=logged.model_uri.rpartition("/")[2])
    print(json.dumps({"rows": {"columns": list(asked), "data": asked.astype(object).to_numpy().tolist()}, **told}))


TRUSTED = ["sklearn.tree._tree.Tree", "numpy.dtype"]

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
