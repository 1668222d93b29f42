"""How patient the controllers are: seconds from the environment, for tests and demos that cannot wait."""

import os


def seconds(name: str, default: float) -> float:
    """The positive number in `SANDBOX_<name>`, else the default; raises ValueError naming a variable that is none."""
    text = os.environ.get(f"SANDBOX_{name}", "")
    try:
        value = float(text or default)
    except ValueError:
        value = 0.0
    if value <= 0:
        raise ValueError(f"SANDBOX_{name}={text}: write a positive number of seconds")
    return value


def node_grace() -> float:
    """For how long a node may be silent."""
    return seconds("NODE_GRACE_SECONDS", 40.0)


def autoscaling_sync() -> float:
    """How often each HorizontalPodAutoscaler looks at its metrics."""
    return seconds("AUTOSCALING_SYNC_SECONDS", 15.0)


def knative_window() -> float:
    """Over how long Knative's autoscaler averages, where a revision does not say it."""
    return seconds("KNATIVE_WINDOW_SECONDS", 60.0)


def knative_tick() -> float:
    """How often Knative's autoscaler decides."""
    return seconds("KNATIVE_TICK_SECONDS", 2.0)
