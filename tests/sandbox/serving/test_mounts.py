"""Mount paths of local processes become folders of their pod."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.local.mounts import Mounts
from sandbox.nodes.runtime import StartError

VOLUMES = [
    {"name": "models", "emptyDir": {}},
    {"name": "data", "persistentVolumeClaim": {"claimName": "c"}},
    {"name": "words", "configMap": {}},
]


def _mounts(folder: Path, *mounted: dict[str, Any]) -> Mounts:
    pod = {"metadata": {"namespace": "team"}, "spec": {"volumes": VOLUMES}}
    return Mounts(pod, {"volumeMounts": list(mounted)}, folder / "volumes", folder / "claims")


def test_paths_are_rewritten_in_arguments_of_every_form(tmp_path: Path) -> None:
    mounts = _mounts(tmp_path, {"name": "models", "mountPath": "/mnt/models/"}, {"name": "words", "mountPath": "/etc/words"})
    real = f"{tmp_path}/volumes/models"
    assert mounts.rewrite("/mnt/models") == real and mounts.rewrite("/mnt/models/a/b") == f"{real}/a/b"
    assert mounts.rewrite("--model_dir=/mnt/models") == f"--model_dir={real}"
    for same in ("/mnt/models2", "see /mnt/models", "s3://x=/mnt/models", "/etc/words", "--x=1"):
        assert mounts.rewrite(same) == same
    assert Path(real).is_dir()


def test_the_longest_path_wins_and_claims_have_a_place_of_their_own(tmp_path: Path) -> None:
    mounts = _mounts(tmp_path, {"name": "models", "mountPath": "/mnt"}, {"name": "data", "mountPath": "/mnt/data", "subPath": "iris/1"})
    assert mounts.rewrite("/mnt/data/x") == f"{tmp_path}/claims/team/c/iris/1/x"
    assert mounts.rewrite("/mnt/other") == f"{tmp_path}/volumes/models/other"


@pytest.mark.parametrize("path", ["../other", "/etc", "a/../../b"])
def test_a_sub_path_cannot_lead_out(tmp_path: Path, path: str) -> None:
    with pytest.raises(StartError, match="leads out"):
        _mounts(tmp_path, {"name": "data", "mountPath": "/mnt/data", "subPath": path})
