"""What every kind may be sent beside its own parts: metadata, bodies that are none, selectors."""

from tests.differential.kinds import Object

METADATA: tuple[Object, ...] = (
    {"labels": {"tier": "web"}},
    {"labels": {"tier": "db", "size": "3"}},
    {"labels": {}},
    {"annotations": {"note": "x"}},
    {"annotations": {"note": "", "example.org/more": "long " * 9}},
    {"finalizers": ["example.org/one"]},
    {"finalizers": ["example.org/two", "example.org/one"]},
    {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "11111111-1111-1111-1111-111111111111"}]},
)
WRONG_METADATA: tuple[Object, ...] = (
    {"labels": {"tier": "not valid!"}},
    {"labels": {"bad key!": "x"}},
    {"labels": {"tier": 3}},
    {"labels": ["tier"]},
    {"annotations": {"bad key!": "x"}},
    {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "", "uid": ""}]},
    {"name": "Bad_Name"},
    {"name": "other"},
    {"namespace": "elsewhere"},
    {"finalizers": ["plain"]},
    {"finalizers": ["with.dots.example.org"]},
    {"uid": "22222222-2222-2222-2222-222222222222"},
)
DIRECTIVES: tuple[Object, ...] = (
    {"$deleteFromPrimitiveList/finalizers": ["example.org/one"]},
    {"$setElementOrder/finalizers": ["example.org/one", "example.org/two"], "finalizers": ["example.org/two"]},
    {"labels": {"$patch": "replace", "tier": "new"}},
    {"labels": None},
    {"ownerReferences": [{"uid": "11111111-1111-1111-1111-111111111111", "$patch": "delete"}]},
)
MALFORMED = (
    "",
    "{",
    "[]",
    "null",
    '"text"',
    '{"metadata": 3}',
    '{"metadata": {"name": 5}}',
    '{"kind": "Other", "apiVersion": "v9"}',
    "a: b: c",
)
SELECTORS = ("tier=web", "tier!=web", "tier in (web, db)", "!tier", "tier", "size>2", "tier notin (db),size", "tier in (", "a b", "=")
# None of them chooses what every namespace has.
MANY = ("tier=web", "tier in (web, db)", "tier")
FIELDS = ("metadata.name=a", "metadata.name!=a", "metadata.namespace=elsewhere", "status.phase=Pending", "spec.nodeName=", "nonsense=1")
