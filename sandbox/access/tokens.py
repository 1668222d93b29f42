"""Bearer tokens: static ones from a file, and signed ones of ServiceAccounts (JWT, ES256)."""

import base64
import csv
import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from sandbox.access.users import AUTHENTICATED, MASTERS, User, service_account
from sandbox.certs import write_private
from sandbox.kinds.table import kind_named
from sandbox.storage.store import Store

ISSUER = AUDIENCE = "https://kubernetes.default.svc"
HASH = ec.ECDSA(hashes.SHA256())


class Tokens:
    """Makes and verifies the tokens of one server."""

    def __init__(self, store: Store, key: Path, static: dict[str, User]) -> None:
        loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{key} is no elliptic-curve key: remove it and a new one is made")
        self._key, self._store, self._static = loaded, store, static
        self._verified: dict[str, dict[str, Any]] = {}

    def sign(self, namespace: str, name: str, uid: str, *, audiences: list[str], seconds: int, bound: dict[str, Any]) -> tuple[str, int]:
        """A token for a ServiceAccount and the second at which it expires."""
        now = int(time.time())
        private = {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}, **bound}
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": audiences,
            "sub": f"system:serviceaccount:{namespace}:{name}",
            "jti": secrets.token_hex(8),
        }
        claims |= {"iat": now, "nbf": now, "exp": now + seconds, "kubernetes.io": private}
        body = f"{_pack({'alg': 'ES256', 'kid': 'sandbox'})}.{_pack(claims)}"
        r, s = utils.decode_dss_signature(self._key.sign(body.encode(), HASH))
        return f"{body}.{_base64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}", now + seconds

    def audiences(self, token: str, wanted: list[str]) -> list[str]:
        """Which of the wanted audiences a token is for; a static one is for the server alone."""
        claims = self._verified.get(token) or self._verify(token)
        return [each for each in wanted if each in (claims["aud"] if claims else [AUDIENCE])]

    def user(self, token: str, audiences: Sequence[str] = (AUDIENCE,)) -> User | None:
        """Whose token this is; None if it is unknown, forged, expired, for other audiences, or its ServiceAccount is gone."""
        if token in self._static:
            return self._static[token] if AUDIENCE in audiences else None
        claims = self._verified.get(token) or self._verify(token)
        if claims is None or claims["exp"] <= time.time() or not set(audiences) & set(claims["aud"]):
            return None
        private = claims["kubernetes.io"]
        namespace, account = private["namespace"], private["serviceaccount"]
        stored = self._store.get(kind_named("ServiceAccount"), namespace, account["name"])
        if stored is None or stored.value["metadata"]["uid"] != account["uid"] or not self._is_bound(namespace, private):
            return None
        return service_account(namespace, account["name"], account["uid"])

    def _is_bound(self, namespace: str, private: dict[str, Any]) -> bool:
        for key, kind in (("pod", "Pod"), ("secret", "Secret")):
            if key in private:
                stored = self._store.get(kind_named(kind), namespace, private[key]["name"])
                return stored is not None and stored.value["metadata"]["uid"] == private[key]["uid"]
        return True

    def _verify(self, token: str) -> dict[str, Any] | None:
        try:
            body, _, signature = token.rpartition(".")
            raw = _unbase64(signature)
            encoded = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            self._key.public_key().verify(encoded, body.encode(), HASH)
            claims: dict[str, Any] = json.loads(_unbase64(body.partition(".")[2]))
        except (ValueError, InvalidSignature):
            return None
        self._verified[token] = claims
        return claims


def static_tokens(data: Path, token_file: Path | None) -> tuple[str, dict[str, User]]:
    """The admin's token (random, kept in the data folder) and all static users; the file has lines `token,user,uid,"group,group"`."""
    admin = data / "admin-token"
    if not admin.exists():
        write_private(admin, secrets.token_urlsafe(32).encode())
    token = admin.read_text().strip()
    users = {token: User("admin", (MASTERS, AUTHENTICATED))}
    if token_file:
        with token_file.open(newline="") as file:
            users |= {row[0]: _user(row, token_file) for row in csv.reader(file) if row}
    return token, users


def _user(row: list[str], path: Path) -> User:
    if len(row) < 3:
        raise ValueError(f'{path}: write each line as token,user,uid or token,user,uid,"group,group"')
    groups = [each for each in row[3].split(",") if each] if len(row) > 3 else []
    return User(row[1], (*groups, AUTHENTICATED), row[2])


def _pack(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
