"""One thing that speaks against a deployment."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["wrong", "blocks", "warns"]


@dataclass(frozen=True)
class Finding:
    """wrong: it cannot stand, at `field`. blocks: it would not start, which can be confirmed. warns: worth knowing.

    `repair_url` leads to the form of the deployment, filled in with what would solve it, under the words `repair`; both are empty where
    no form could, and the message then says whom to ask.
    """

    code: str
    level: Level
    message: str
    field: str = ""
    repair: str = ""
    repair_url: str = ""
