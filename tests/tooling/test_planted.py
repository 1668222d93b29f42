"""The planting of faults: a fault that no test sees is reported, and so is a patch that no longer fits."""

import subprocess
from pathlib import Path

import pytest

from tests.planted import patches, run
from tests.planted.tree import Tree

CODE = "def double(number):\n    return number * 2\n"
TEST = """
from code_under_test import double


def test_double():
    assert double(3) == 6


def test_blind():
    assert double(0) == 0
"""
DIFF = """
--- a/code_under_test.py
+++ b/code_under_test.py
@@ -1,2 +1,2 @@
 def double(number):
-    return number * {}
+    return number * 3
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A copy of a small project."""
    source = tmp_path / "source"
    source.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=source, check=True)
    (source / "code_under_test.py").write_text(CODE)
    (source / "test_it.py").write_text(TEST)
    (source / "pytest.ini").write_text("[pytest]\naddopts = -p no:django\n")
    return Tree(tmp_path / "copy", source)


def patch(tmp_path: Path, test: str, number: int = 2) -> patches.Patch:
    """The fault that doubles wrongly, caught by `test`."""
    path = tmp_path / "fault.patch"
    path.write_text(f"Fault: doubles wrongly\nTest: test_it.py::{test}\n{DIFF.format(number)}")
    return patches.read(path)


def test_a_fault_that_the_test_sees_is_caught_and_taken_out_again(tree: Tree, tmp_path: Path) -> None:
    assert run.judge(tree, patch(tmp_path, "test_double")) == (True, "caught by test_it.py::test_double")
    assert (tree.folder / "code_under_test.py").read_text() == CODE


@pytest.mark.parametrize(
    ("test", "number", "reason"),
    [("test_blind", 2, "NOT CAUGHT"), ("test_double", 5, "does not apply"), ("test_missing", 2, "not green without it")],
)
def test_what_proves_nothing_is_reported(tree: Tree, tmp_path: Path, test: str, number: int, reason: str) -> None:
    caught, text = run.judge(tree, patch(tmp_path, test, number))
    assert caught is False and reason in text


def test_a_patch_without_a_test_is_malformed(tmp_path: Path) -> None:
    (tmp_path / "x.patch").write_text(f"Fault: none named\n{DIFF}")
    with pytest.raises(patches.Malformed):
        patches.every(tmp_path)
