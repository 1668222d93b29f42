"""Every figure of model deployments, in one quick start."""

import shutil
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.serving import deploying, predictions
from benchmarks.serving.quick_start import QuickStart, has_models


def figures(*, quick: bool) -> list[Figure]:
    """Every figure; none, with a loud line, without the packages of the group `models`."""
    if not has_models():
        print("!!! no figures of model deployments: the packages of the group models are not installed !!!")
        return []
    folder = Path(tempfile.mkdtemp(prefix="serving-bench-"))
    try:
        with QuickStart(folder / "home") as product:
            product.furnish()
            found = [deploying.run(product, rounds=1 if quick else 5)]
            return [*found, *predictions.run(product, rounds=1 if quick else 5, seconds=2 if quick else 5)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
