"""Services: the addresses and ports that they are given, keep, and cannot have twice."""

import secrets
from typing import Any

import pytest

from tests.contract.client import Api


def _service(name: str = "a", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": [{"port": 80}], **spec}}


@pytest.fixture
def services(space: str) -> str:
    """The path of the Services of a fresh namespace."""
    return f"/api/v1/namespaces/{space}/services"


def _address() -> str:
    return f"10.96.0.{secrets.randbelow(200) + 20}"


def test_a_service_gets_an_address_for_good(api: Api, services: str) -> None:
    created = api.post(services, _service()).body["spec"]
    assert created["clusterIP"].startswith("10.96.") and created["clusterIPs"] == [created["clusterIP"]]
    assert created["type"] == "ClusterIP" and created["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    refused = api.patch(f"{services}/a", {"spec": {"clusterIP": "10.96.200.200", "clusterIPs": ["10.96.200.200"]}})
    assert refused.code == 422


@pytest.mark.since(29, "the message has other words")
def test_an_address_is_given_once(api: Api, services: str) -> None:
    wished = _address()
    assert api.post(services, _service(clusterIP=wished)).body["spec"]["clusterIPs"] == [wished]
    refused = api.post(services, _service("b", clusterIP=wished))
    why = f'spec.clusterIPs: Invalid value: []string{{"{wished}"}}: failed to allocate IP {wished}: provided IP is already allocated'
    assert (refused.code, refused.message) == (422, f'Service "b" is invalid: {why}')
    api.delete(f"{services}/a")
    assert api.post(services, _service("b", clusterIP=wished)).code == 201


def test_an_address_outside_the_range_is_refused(api: Api, services: str) -> None:
    refused = api.post(services, _service(clusterIP="192.0.2.1"))
    assert (refused.code, refused.fields) == (422, ["spec.clusterIPs"]) and "10.96.0.0/16" in refused.message


def test_an_address_that_is_taken_is_refused(api: Api, services: str) -> None:
    wished = _address()
    api.post(services, _service(clusterIP=wished))
    refused = api.post(services, _service("b", clusterIP=wished))
    assert (refused.code, refused.fields) == (422, ["spec.clusterIPs"]) and "provided IP is already allocated" in refused.message


def test_a_headless_service_has_no_address(api: Api, services: str) -> None:
    for name in ("a", "b"):
        answer = api.post(services, _service(name, clusterIP="None"))
        assert answer.code == 201 and (answer.body["spec"]["clusterIP"], answer.body["spec"]["clusterIPs"]) == ("None", ["None"])


def test_a_node_port_is_given_once(api: Api, services: str) -> None:
    port = api.post(services, _service(type="NodePort")).body["spec"]["ports"][0]["nodePort"]
    assert 30000 <= port <= 32767
    refused = api.post(services, _service("b", type="NodePort", ports=[{"port": 80, "nodePort": port}]))
    assert (refused.code, refused.message) == (
        422,
        f'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: {port}: provided port is already allocated',
    )


def test_a_node_port_outside_the_range_is_refused(api: Api, services: str) -> None:
    refused = api.post(services, _service(type="NodePort", ports=[{"port": 80, "nodePort": 80}]))
    assert refused.code == 422
    assert refused.message.endswith("Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767")


def test_a_service_that_becomes_a_node_port_gets_one(api: Api, services: str) -> None:
    before = api.post(services, _service()).body["spec"]["clusterIP"]
    changed = api.patch(f"{services}/a", {"spec": {"type": "NodePort"}}).body["spec"]
    assert changed["clusterIP"] == before and 30000 <= changed["ports"][0]["nodePort"] <= 32767


@pytest.mark.since(21, "an update that leaves the address out was refused")
def test_an_update_keeps_what_it_leaves_out(api: Api, services: str) -> None:
    created = api.post(services, _service(type="NodePort")).body
    replaced = _service(type="NodePort", selector={"app": "a"})
    replaced["metadata"]["resourceVersion"] = created["metadata"]["resourceVersion"]
    answer = api.call("PUT", f"{services}/a", replaced)
    assert answer.code == 200 and answer.body["spec"]["selector"] == {"app": "a"}
    assert answer.body["spec"]["clusterIP"] == created["spec"]["clusterIP"]
    assert answer.body["spec"]["ports"][0]["nodePort"] == created["spec"]["ports"][0]["nodePort"]


def test_a_service_that_becomes_another_type_lets_go(api: Api, services: str) -> None:
    created = api.post(services, _service(type="NodePort")).body["spec"]
    assert created["ports"][0]["nodePort"]
    inside = api.patch(f"{services}/a", {"spec": {"type": "ClusterIP", "externalTrafficPolicy": None}}).body["spec"]
    assert "nodePort" not in inside["ports"][0] and inside["clusterIP"] == created["clusterIP"]
    elsewhere = api.patch(f"{services}/a", {"spec": {"type": "ExternalName", "externalName": "example.org"}}).body["spec"]
    assert not elsewhere.keys() & {"clusterIP", "clusterIPs"} and elsewhere["externalName"] == "example.org"
    back = api.patch(f"{services}/a", {"spec": {"type": "ClusterIP", "externalName": None}}).body["spec"]
    assert back["clusterIP"].startswith("10.96.")


@pytest.mark.since(26, "it refuses the policy that is left")
def test_a_service_that_is_reached_no_more_needs_no_policy(api: Api, services: str) -> None:
    assert api.post(services, _service(type="NodePort")).body["spec"]["externalTrafficPolicy"] == "Cluster"
    assert "externalTrafficPolicy" not in api.patch(f"{services}/a", {"spec": {"type": "ClusterIP"}}).body["spec"]


def test_protocols_of_one_port_share_their_node_port(api: Api, services: str) -> None:
    ports = [{"name": "udp", "port": 53, "protocol": "UDP"}, {"name": "tcp", "port": 53}, {"name": "web", "port": 80}]
    first, second, third = (each["nodePort"] for each in api.post(services, _service(type="NodePort", ports=ports)).body["spec"]["ports"])
    assert first == second != third


@pytest.mark.since(22, "ports get new numbers where an update leaves them out")
def test_node_ports_are_kept_by_name(api: Api, services: str) -> None:
    ports = [{"name": "web", "port": 80}, {"name": "tls", "port": 443}]
    before = {each["name"]: each["nodePort"] for each in api.post(services, _service(type="NodePort", ports=ports)).body["spec"]["ports"]}
    moved = [{"name": "tls", "port": 8443}, {"name": "new", "port": 81}]
    after = api.patch(f"{services}/a", {"spec": {"ports": moved}}).body["spec"]["ports"]
    assert after[0]["nodePort"] == before["tls"] and after[1]["nodePort"] not in before.values()


def test_an_affinity_that_is_given_up_takes_its_settings_with_it(api: Api, services: str) -> None:
    assert (
        api.post(services, _service(sessionAffinity="ClientIP")).body["spec"]["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
        == 10800
    )
    assert "sessionAffinityConfig" not in api.patch(f"{services}/a", {"spec": {"sessionAffinity": None}}).body["spec"]


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        ({"type": "ExternalName"}, "spec.externalName", "Required value"),
        ({"sessionAffinity": "Maybe"}, "spec.sessionAffinity", 'Unsupported value: "Maybe": supported values: "ClientIP", "None"'),
        (
            {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 90000}}},
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
            "Invalid value: 90000: must be greater than 0 and less than 86400",
        ),
        (
            {"ports": [{"port": 80, "protocol": "ICMP"}]},
            "spec.ports[0].protocol",
            'Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
        ),
    ],
)
def test_what_a_service_cannot_be_is_refused(api: Api, services: str, spec: dict[str, Any], field: str, message: str) -> None:
    answer = api.post(services, _service(**spec))
    assert (answer.code, answer.message) == (422, f'Service "a" is invalid: {field}: {message}')


def test_nobody_owns_what_was_given_out(api: Api, services: str) -> None:
    api.post(services, _service(type="ExternalName", externalName="example.org"), fieldManager="one")
    api.patch(f"{services}/a", {"spec": {"type": "NodePort", "externalName": None}}, fieldManager="two")
    owned = str(api.get(f"{services}/a").body["metadata"]["managedFields"])
    assert "f:type" in owned and "f:clusterIP" not in owned and "f:nodePort" not in owned


def test_the_api_server_is_a_service_itself(api: Api) -> None:
    found = api.get("/api/v1/namespaces/default/services/kubernetes").body
    assert found["metadata"]["labels"] == {"component": "apiserver", "provider": "kubernetes"}
    assert (found["spec"]["clusterIP"], found["spec"]["ports"][0]["name"], found["spec"]["ports"][0]["port"]) == ("10.96.0.1", "https", 443)
