"""What the store keeps in memory: what is there, and of what was there so much as slow watches may want."""

import json
from pathlib import Path

from sandbox.kinds.served import Served
from sandbox.kinds.table import Kind, kind_named
from sandbox.storage import history
from sandbox.storage.encoding import encode
from sandbox.storage.journal import Journal
from sandbox.storage.store import Store
from sandbox.storage.stored import Stored

MAP: Kind = kind_named("ConfigMap")


def test_old_states_are_let_go_by_their_weight(tmp_path: Path) -> None:
    store = Store(Journal(tmp_path / "journal"), Served())
    versions = [_write(store, "x" * 2**20).version for _ in range(history.HEAVIEST // 2**20 + 8)]
    changes = store.history(MAP)
    assert changes.position_after(versions[0]) is None, "the oldest are still kept"
    position = changes.position_after(versions[-8])
    assert position is not None
    assert [change.version for change in changes.read(position) or []] == versions[-7:]
    assert sum(len(change.last.bare) for change in changes.read(changes.position_after(changes.floor) or 0) or []) <= history.HEAVIEST


def test_a_value_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    store = Store(Journal(tmp_path / "journal"), Served())
    stored = _write(store, "gruß \u2028 \x7f")
    others = [_write(store, str(number), name=f"n-{number}") for number in range(2_000)]
    assert stored.value["data"]["text"] == "gruß \u2028 \x7f"
    assert [each.value["data"]["text"] for each in others] == [str(number) for number in range(2_000)]
    store.close()
    again = Store(Journal(tmp_path / "journal"), Served())
    assert [each.value for each in again.items(MAP)] == [each.value for each in store.items(MAP)]


def test_json_beyond_sixty_four_bits_is_written_all_the_same() -> None:
    assert json.loads(encode({"a": 2**70, "b": [{1: "of YAML"}]})) == {"a": 2**70, "b": [{"1": "of YAML"}]}


def _write(store: Store, text: str, *, name: str = "a") -> Stored:
    return store.put(MAP, {"metadata": {"name": name, "namespace": "default"}, "data": {"text": text}})
