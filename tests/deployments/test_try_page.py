"""The tab on which a deployment is tried: fields of the signature, both protocols, answers as text, commands that work."""

import json
import shlex

import pytest

from audit.models import Entry
from deployments.trying import limits, ways
from deployments.trying.bodies import body_of
from deployments.trying.signature import Input, Signature, example_of, signature_of
from deployments.trying.snippets import snippet
from tests.clients import session_client
from tests.deploying import make_deployment, make_spec, make_version
from tests.deployments.model_site import model_site, serve_at
from tests.factories import make_user

pytestmark = pytest.mark.django_db

COLUMNS = [
    {"type": "double", "name": "alcohol", "required": True},
    {"type": "long", "name": "year", "required": True},
    {"type": "string", "name": "<b>region</b>", "required": True},
    {"type": "boolean", "name": "red", "required": True},
    {"type": "double", "name": "ash", "required": False},
]
EXAMPLE = {
    "columns": ["alcohol", "year", "<b>region</b>", "red", "ash"],
    "data": [[13.2, 2019, "Mosel & Saar", True, None], [1, 2, "x", False, 1]],
}
TENSOR = [{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]


@pytest.fixture(autouse=True)
def unknown_ways(monkeypatch):
    monkeypatch.setattr(ways, "_unreachable", {})
    monkeypatch.setattr(limits.rates, "_left", {})


@pytest.fixture
def site():
    with model_site() as site:
        yield site


@pytest.fixture
def bob():
    return session_client(make_user("bob", {"vision": "member"}))


def wine(**fields):
    given = {"signature": {"inputs": COLUMNS, "outputs": None, "params": None}, "input_example": EXAMPLE, **fields}
    return make_deployment(name="wine", spec=make_spec(make_version("wine", **given)))


def page(client, deployment, body=None, query=""):
    path = f"/deployments/{deployment.pk}/try/{query}"
    return client.get(path) if body is None else client.post(path, body, format="multipart")


FIELDS = {"how": "fields", "input_0": "13.2", "input_1": "2019", "input_2": "Mosel & Saar", "input_3": "true", "input_4": ""}


def test_the_form_is_made_of_the_signature_and_filled_in_with_the_example(bob):
    form = page(bob, wine()).context["fields"]
    assert [(field.label, field.value()) for field in form] == [
        ("alcohol", "13.2"),
        ("year", "2019"),
        ("<b>region</b>", "Mosel & Saar"),
        ("red", "true"),
        ("ash", None),
    ]
    assert [field.field.required for field in form] == [True, True, True, True, False]


def test_names_and_values_of_the_model_are_text_on_the_page(bob):
    text = page(bob, wine()).content.decode()
    assert "<b>region</b>" not in text
    assert "&lt;b&gt;region&lt;/b&gt;" in text


@pytest.mark.parametrize("protocol", ["v1", "v2"])
def test_a_question_by_fields_is_asked_in_the_types_of_the_signature(bob, site, protocol):
    deployment = wine()
    serve_at(deployment, site)
    answer = page(bob, deployment, {**FIELDS, "protocol": protocol})
    assert answer.status_code == 200
    path, _headers, body = site.asked[0]
    asked = json.loads(body)
    if protocol == "v1":
        assert path.endswith("/v1/models/wine:predict")
        assert asked == {"instances": [{"alcohol": 13.2, "year": 2019, "<b>region</b>": "Mosel & Saar", "red": True}]}
    else:
        assert path.endswith("/v2/models/wine/infer")
        kinds = {each["name"]: (each["datatype"], each["shape"], each["data"]) for each in asked["inputs"]}
        assert kinds == {
            "alcohol": ("FP64", [1], [13.2]),
            "year": ("INT64", [1], [2019]),
            "<b>region</b>": ("BYTES", [1], ["Mosel & Saar"]),
            "red": ("BOOL", [1], [True]),
        }
    shown = answer.context["answer"]
    assert (shown.status, shown.revision) == (200, 1)
    assert json.loads(shown.text) == json.loads(site.body)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("input_0", "a lot"),
        ("input_0", "nan"),
        ("input_0", "1_0"),
        ("input_0", ""),
        ("input_1", "2019.5"),
        ("input_1", "9" * 19),
        ("input_3", "perhaps"),
    ],
)
def test_what_the_signature_does_not_take_is_told_at_its_field_and_not_asked(bob, site, field, text):
    deployment = wine()
    serve_at(deployment, site)
    answer = page(bob, deployment, {**FIELDS, field: text})
    assert answer.status_code == 422
    assert list(answer.context["fields"].errors) == [field]
    assert site.asked == []


def test_a_tensor_is_written_as_json(bob, site):
    signature = {"inputs": TENSOR, "outputs": None, "params": None}
    deployment = wine(signature=signature, input_example={"inputs": [[1.0, 2.0], [3.0, 4.0]]})
    serve_at(deployment, site)
    field = next(iter(page(bob, deployment).context["fields"]))
    assert json.loads(field.value()) == [[1.0, 2.0], [3.0, 4.0]]
    page(bob, deployment, {"how": "fields", "input_0": "[[1.5, 2], [3, 4]]"})
    assert json.loads(site.asked[0][2]) == {"inputs": [{"name": "input-0", "shape": [2, 2], "datatype": "FP64", "data": [1.5, 2, 3, 4]}]}
    for text in ("[[1, 2], [3]]", "1", "[1,", "[NaN]", "[" * 5000):
        assert page(bob, deployment, {"how": "fields", "input_0": text}).status_code == 422
    assert len(site.asked) == 1


def test_without_a_signature_the_question_is_json(bob, site):
    deployment = wine(signature={}, input_example=None)
    serve_at(deployment, site)
    shown = page(bob, deployment)
    assert shown.context["fields"] is None
    assert json.loads(shown.context["raw"]["body"].value()) == {"inputs": []}
    assert page(bob, deployment, {"how": "json", "body": '{"inputs": [1]}'}).status_code == 200
    assert json.loads(site.asked[0][2]) == {"inputs": [1]}
    page(bob, deployment, {"how": "json", "body": "no json"})
    assert site.asked[1][2] == b"no json", "what the model says to it is worth seeing"


HOSTILE = b'{"outputs": "<script>alert(1)</script>\\u001b[31m\\u202e"}'


@pytest.mark.parametrize(("body", "kind"), [(HOSTILE, "application/json"), (b"<img src=x onerror=alert(1)>\x1b[2J", "text/html")])
def test_whatever_the_model_answers_is_text(bob, site, body, kind):
    deployment = wine()
    serve_at(deployment, site)
    site.body, site.headers = body, {"Content-Type": kind}
    text = page(bob, deployment, FIELDS).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_long_answer_is_cut(bob, site):
    deployment = wine()
    serve_at(deployment, site)
    site.body = json.dumps({"outputs": list(range(100_000))}).encode()
    shown = page(bob, deployment, FIELDS).context["answer"]
    assert shown.cut
    assert len(shown.text) <= 64 * 2**10


def test_what_keeps_it_from_answering_is_told_on_the_page(bob):
    answer = page(bob, wine(), FIELDS)
    assert answer.status_code == 409
    assert "does not answer yet" in answer.content.decode()


def test_a_viewer_sees_the_page_and_cannot_ask(site):
    deployment = wine()
    serve_at(deployment, site)
    vic = session_client(make_user("vic", {"vision": "viewer"}))
    text = page(vic, deployment).content.decode()
    assert "Members and owners" in text
    assert 'type="submit">' not in text.split('id="answer"')[0].split('id="by-fields"')[1]
    assert page(vic, deployment, FIELDS).status_code == 403
    assert site.asked == []
    assert Entry.objects.filter(action="deployment.try", outcome="denied").count() == 1
    assert page(session_client(make_user(team_roles={"speech": "owner"})), deployment).status_code == 404


def test_the_commands_ask_what_the_form_asks(bob, site):
    deployment = wine()
    url = serve_at(deployment, site)
    snippets = dict(page(bob, deployment).context["snippets"])
    words = shlex.split(snippets["portal"].curl.replace("\\\n", " "))
    assert words[:4] == ["curl", "-X", "POST", f"http://testserver/api/v1/deployments/{deployment.pk}/predict/?protocol=v2"]
    assert "Authorization: Bearer slw_..." in words
    asked = json.loads(words[-1])
    assert [each["name"] for each in asked["inputs"]] == ["alcohol", "year", "<b>region</b>", "red"]
    own = shlex.split(snippets["own"].curl.replace("\\\n", " "))
    assert own[3] == f"{url}/v2/models/wine/infer"
    assert not any("Authorization" in word for word in own)


def test_a_command_cannot_be_broken_out_of():
    body = {"a": "'; rm -rf / #", "b": '"""\\', "c": "$(id)`id`"}
    made = snippet("x", "http://h/a'b", body, with_token=True)
    words = shlex.split(made.curl.replace(" \\\n", " "))
    assert json.loads(words[-1]) == body
    assert words[3] == "http://h/a'b"
    names = {}
    lines = made.python.split("answer = ")[0].replace("import requests\n", "")
    exec(lines, names)  # noqa: S102 - what is shown must be what it says
    assert names["body"] == body


@pytest.mark.parametrize(
    "told",
    [None, [], "x", [1], [{"type": "tensor"}], [{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": "x"}}], [{}] * 300],
)
def test_a_signature_that_cannot_be_understood_counts_as_none(told):
    version = make_version("odd", signature={"inputs": told})
    assert signature_of(version) == Signature()


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ({"columns": ["a"], "data": [[1]]}, {"a": 1}),
        ({"columns": ["a"], "data": []}, {"columns": ["a"], "data": []}),
        ({"inputs": {"a": [1]}}, {"a": [1]}),
        ([{"a": 1}], {"a": 1}),
        ([[1, 2]], {"": [[1, 2]]}),
        ("text", {}),
        (None, {}),
    ],
)
def test_every_form_of_an_input_example_is_read(example, expected):
    found = example_of(make_version("odd", input_example=example), Signature((Input("", "float64", True, (-1, 2)),)))
    assert found == expected or expected.get("columns")


def test_several_tensors_by_name_in_both_protocols():
    signature = Signature((Input("a", "int64", True, (-1,)), Input("b", "float32", True, (-1, 2))))
    values = {"a": [1, 2], "b": [[1, 2], [3, 4]]}
    assert body_of("v1", signature, values) == {"instances": [{"a": 1, "b": [1, 2]}, {"a": 2, "b": [3, 4]}]}
    assert [(each["name"], each["shape"], each["datatype"]) for each in body_of("v2", signature, values)["inputs"]] == [
        ("a", [2], "INT64"),
        ("b", [2, 2], "FP32"),
    ]
    with pytest.raises(ValueError, match=r"shorter|longer"):
        body_of("v1", signature, {"a": [1], "b": [[1, 2], [3, 4]]})
