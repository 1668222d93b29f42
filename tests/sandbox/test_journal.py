"""The journal: what was answered is there after the hardest stop."""

import json
from pathlib import Path

import pytest

from sandbox.embedded import EmbeddedCluster
from sandbox.storage.journal import Journal, JournalError
from tests.contract.client import Api
from tests.contract.objects import config_map

MAPS = "/api/v1/namespaces/default/configmaps"


def test_everything_answered_survives_a_kill(cluster: EmbeddedCluster, api: Api) -> None:
    for number in range(50):
        assert api.post(MAPS, config_map(f"m{number}", {"x": str(number)})).code == 201
    api.delete(f"{MAPS}/m7")
    before = api.get(MAPS, labelSelector="").body["items"]
    cluster.kill_api_server()
    cluster.start_api_server()
    assert api.get(MAPS).body["items"] == before
    assert len([item for item in before if item["metadata"]["name"].startswith("m")]) == 49


def test_versions_go_on_after_a_restart(cluster: EmbeddedCluster, api: Api) -> None:
    api.post(MAPS, config_map("a"))
    last = int(
        api.delete(f"{MAPS}/a").body.get("metadata", {}).get("resourceVersion", 0) or api.get(MAPS).body["metadata"]["resourceVersion"]
    )
    cluster.kill_api_server()
    cluster.start_api_server()
    assert int(api.post(MAPS, config_map("a")).body["metadata"]["resourceVersion"]) > last


def test_tokens_and_kubeconfig_stay_good_after_a_restart(cluster: EmbeddedCluster, api: Api) -> None:
    before = cluster.kubeconfig_path.read_text()
    cluster.stop()
    cluster.start()
    assert cluster.kubeconfig_path.read_text() == before and api.get("/api/v1/nodes").code == 200


def test_half_a_line_at_the_end_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b'{"v":1}\n{"v":2}\n{"v":3,"k"')
    journal = Journal(path)
    assert [record["v"] for record in journal.read()] == [1, 2]
    journal.append(b'{"v":3}')
    journal.close()
    assert [record["v"] for record in Journal(path).read()] == [1, 2, 3]


def test_damage_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b'{"v":1}\ngarbage\n{"v":3}\n')
    with pytest.raises(JournalError, match="damaged at byte 8"):
        list(Journal(path).read())


def test_a_long_journal_is_rewritten_at_the_start(cluster: EmbeddedCluster, api: Api) -> None:
    api.post(MAPS, config_map("a"))
    cluster.stop()
    path = cluster.data_dir / "journal.jsonl"
    last = json.loads(path.read_bytes().splitlines()[-1])
    with path.open("ab") as file:
        for number in range(3000):
            file.write(json.dumps({**last, "v": last["v"] + number + 1}).encode() + b"\n")
    cluster.start()
    assert len(path.read_bytes().splitlines()) < 200
    assert int(api.get(MAPS).body["metadata"]["resourceVersion"]) >= last["v"] + 3000
    before = api.get(f"{MAPS}/a").body
    assert before["metadata"]["name"] == "a"
    cluster.stop()
    cluster.start()
    assert api.get(f"{MAPS}/a").body == before


def test_secrets_on_disk_are_private(cluster: EmbeddedCluster) -> None:
    for name in ("journal.jsonl", "kubeconfig", "admin-token", "certs/server.key", "certs/service-account.key"):
        assert (cluster.data_dir / name).stat().st_mode & 0o077 == 0, name
