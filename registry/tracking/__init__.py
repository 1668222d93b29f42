"""Speaks MLflow's REST API, within limits of time and size, and knows no row. Nothing here imports mlflow."""
