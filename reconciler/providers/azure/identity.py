"""Who is signed in, out of the token that proves it. The token itself goes nowhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The claims that name somebody, best first: a person, else a program.
# Source: Microsoft Learn, "Access token claims reference", read 2026-10.
NAMES = ("upn", "preferred_username", "unique_name", "appid", "azp")


@dataclass(frozen=True)
class Identity:
    """Empty where the token does not say."""

    name: str = ""
    object_id: str = ""
    tenant: str = ""

    @property
    def words(self) -> str:
        parts = (
            self.name,
            self.object_id and f"object {self.object_id}",
            self.tenant and f"tenant {self.tenant}",
        )
        return ", ".join(filter(None, parts)) or "somebody whom the token does not name"


def read_identity(token: str) -> Identity:
    """What the claims of a token say; nothing is verified, and anything may be no such token."""
    claims = _claims(token)
    name = next((str(claims[one]) for one in NAMES if claims.get(one)), "")
    return Identity(name, str(claims.get("oid", "")), str(claims.get("tid", "")))


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:  # header, claims, signature
        return {}
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
