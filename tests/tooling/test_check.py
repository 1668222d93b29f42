"""The gates that are programs of our own: advisories, translations, tiers, import contracts."""

import shutil
from pathlib import Path

import polib
import pytest

from scripts import tiers, translations
from scripts.check import npm_advisories, python_advisories
from scripts.check.advisories import report
from tests.tooling.conftest import ROOT, Run


def test_a_known_advisory_fails_the_gate(capsys: pytest.CaptureFixture[str]) -> None:
    packages = [{"name": "django", "version": "1.0", "vulns": [{"id": "CVE-1"}]}, {"name": "celery", "version": "5", "vulns": []}]
    assert report(python_advisories.read({"dependencies": packages})) == 1
    assert "django 1.0: CVE-1" in capsys.readouterr().out
    assert report(npm_advisories.read({"vulnerabilities": {"htmx": {"range": "<2", "severity": "high"}}})) == 1


def test_an_advisory_service_out_of_reach_is_said_loudly_and_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(python_advisories.read({"dependencies": [{"name": "django", "skip_reason": "not found"}]})) == 0
    assert report(npm_advisories.read({"message": "request failed", "error": {}})) == 0
    assert capsys.readouterr().out.count("NOT AUDITED") == 2


def catalogue(tmp_path: Path, **entry: object) -> Path:
    """A catalogue with one message beside a complete one."""
    po = polib.POFile()
    po.append(polib.POEntry(msgid="Save", msgstr="保存"))
    po.append(polib.POEntry(**entry))
    po.save(str(tmp_path / "django.po"))
    return tmp_path / "django.po"


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"msgid": "Approve", "msgstr": ""}, "untranslated or fuzzy"),
        ({"msgid": "Approve", "msgstr": "批准", "flags": ["fuzzy"]}, "untranslated or fuzzy"),
        ({"msgid": "%(count)s pods", "msgstr": "%(number)s 个"}, "other placeholders"),
        ({"msgid": "Old", "msgstr": "旧"}, "no longer in the source"),
    ],
)
def test_an_incomplete_catalogue_is_named(tmp_path: Path, entry: dict[str, object], fault: str) -> None:
    found = list(translations.faults(catalogue(tmp_path, **entry), {"Save", "Approve", "%(count)s pods"} - ({"Old"})))
    assert any(fault in text and str(entry["msgid"]) in text for text in found)


def test_a_text_that_is_not_in_the_catalogue_is_named_and_a_complete_one_is_not(tmp_path: Path) -> None:
    path = catalogue(tmp_path, msgid="Approve", msgstr="批准")
    assert list(translations.faults(path, {"Save", "Approve"})) == []
    assert list(translations.faults(path, {"Save", "Approve", "Reject"})) == ["not in the catalogue: 'Reject'"]


JUNIT = """<testsuites><testsuite tests="3" failures="0">
<testcase classname="tests.kube.test_a" name="test_one"/>
<testcase classname="tests.kube.test_a" name="test_two[x]"><skipped type="pytest.skip" message="no such API"/></testcase>
<testcase classname="tests.kube.test_a" name="test_three">{failure}</testcase>
</testsuite></testsuites>"""


def verdict(tmp_path: Path, permitted: dict[str, str], wanted: list[str], failure: str = "") -> list[str]:
    """The faults of a run with one JUnit file of the tier `embedded`."""
    (tmp_path / "embedded.xml").write_text(JUNIT.format(failure=failure))
    return tiers.faults([tiers.read(tmp_path / "embedded.xml")], wanted, permitted)


def test_a_skip_that_nobody_allowed_fails_the_run(tmp_path: Path) -> None:
    (fault,) = verdict(tmp_path, {}, ["embedded"])
    assert "tests.kube.test_a::test_two[x]" in fault and "no such API" in fault
    assert verdict(tmp_path, {"tests.kube.test_a::test_two*": "1.20 lacks it"}, ["embedded"]) == []


def test_a_tier_that_did_not_run_and_a_failure_fail_the_run(tmp_path: Path) -> None:
    everything = {"*": "any"}
    assert verdict(tmp_path, everything, ["embedded", "browser"]) == ["tier browser did not run"]
    assert verdict(tmp_path, everything, ["embedded"], "<failure message='no'/>") == ["tier embedded: 1 failed"]


@pytest.mark.parametrize(
    ("alone", "faults"), [("", []), ("<failure/>", ["tier embedded: 1 failed"]), ("<skipped/>", ["tier embedded: 1 failed"])]
)
def test_what_failed_beside_others_is_judged_by_its_run_alone_and_named(tmp_path: Path, alone: str, faults: list[str]) -> None:
    again = f'<testsuite><testcase classname="tests.kube.test_a" name="test_three@group">{alone}</testcase></testsuite>'
    (tmp_path / "embedded.again.xml").write_text(again)
    assert verdict(tmp_path, {"*": "any"}, ["embedded"], "<failure message='no'/>") == faults
    named = "passed alone: tests.kube.test_a::test_three" in tiers.table([tiers.read(tmp_path / "embedded.xml")])
    assert named is not bool(faults)


def test_a_run_alone_of_other_tests_excuses_nothing(tmp_path: Path) -> None:
    (tmp_path / "embedded.again.xml").write_text('<testsuite><testcase classname="tests.kube.test_a" name="test_one"/></testsuite>')
    assert verdict(tmp_path, {"*": "any"}, ["embedded"], "<error/>") == ["tier embedded: 1 failed"]


def test_a_skip_without_a_reason_is_not_allowed(tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text("# comment\ntests.a::b |\ntests.c::d | the API server lacks it\n")
    assert tiers.allowed(tmp_path / "allowed") == {"tests.c::d": "the API server lacks it"}


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("reconcile/forbidden.py", "import tenants.models", "Packages import downward only"),
        ("clusters/forbidden.py", "import kubernetes", "Only kube and sandbox speak through the Kubernetes client"),
        ("kube/forbidden.py", "import django.db", "kube knows no Django"),
        ("clusters/models/forbidden.py", "import clusters.queries", "Inside an app, too"),
        ("accounts/models/forbidden.py", "import rest_framework", "The REST framework stays in api, serializers and rest"),
        ("sandbox/forbidden.py", "import kube.errors", "The sandbox and the portal know nothing of each other"),
        ("portal/forbidden.py", "import sandbox", "The portal knows nothing of the sandbox"),
    ],
)
def test_an_import_upwards_breaks_its_contract(tmp_path: Path, run: Run, path: str, line: str, contract: str) -> None:
    tree = tmp_path / "tree"
    packages = [
        entry for entry in ROOT.iterdir() if (entry / "__init__.py").exists() and entry.name not in ("tests", "scripts", "benchmarks")
    ]
    for package in packages:
        shutil.copytree(package, tree / package.name, ignore=shutil.ignore_patterns("__pycache__", "templates", "static"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    (tree / path).write_text(f'"""Not allowed."""\n\n{line}\n')
    done = run(ROOT / ".venv" / "bin" / "lint-imports", "--no-cache", cwd=tree, env={"PYTHONPATH": str(tree)})
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout
