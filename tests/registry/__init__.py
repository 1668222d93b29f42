"""The model catalogue: against a fake MLflow that can be made to fail in every way, and against a real one (tier registry)."""
