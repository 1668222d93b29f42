"""The model catalogue: what the model registry (MLflow) holds, kept as rows; changes of it are rows that a worker carries out there."""
