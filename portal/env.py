"""Reads the environment once, with types and clear failures; settings.py is built on it."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from environs import Env, ValidationError

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The data folder (PORTAL_HOME, default `var/` beside manage.py), made on first use with mode 0700."""
    path = Path(env.str("PORTAL_HOME", str(BASE_DIR / "var"))).resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def http_address(text: str) -> None:
    """Refuses what is neither empty nor the address of a server: MLflow's clients would also take a folder or a database."""
    if text and not (text.startswith(("http://", "https://")) and urlsplit(text).hostname):
        raise ValidationError("is no address of a server, such as https://mlflow.example.org")


def kept_secret(name: str, make: str = "token") -> str:
    """The secret in the environment variable `name`, else one made once and kept in the data folder with mode 0600."""
    value = env.str(name, "")
    if value:
        return value
    path = home() / name.lower()
    if not path.exists():
        fresh = Fernet.generate_key().decode() if make == "fernet" else secrets.token_urlsafe(50)
        path.touch(mode=0o600)
        path.write_text(fresh)
    return path.read_text().strip()
