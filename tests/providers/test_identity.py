"""Who is signed in, out of a token, of which nothing else is shown."""

from __future__ import annotations

import base64
import json

import pytest

from reconciler.providers.azure.identity import Identity, read_identity


def token(claims: object) -> str:
    """Unsigned, and with the padding left out as tokens have it."""

    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}.c2VjcmV0"


def test_a_person() -> None:
    """A person is named as they sign in, with the ids by which roles are assigned."""
    found = read_identity(token({"upn": "ada@contoso.com", "oid": "o-1", "tid": "t-1", "aud": "x"}))
    assert found == Identity("ada@contoso.com", "o-1", "t-1")
    assert found.words == "ada@contoso.com, object o-1, tenant t-1"


def test_a_program() -> None:
    """A program is named by its application."""
    assert read_identity(token({"appid": "app-1", "oid": "o-2", "tid": "t-1"})).name == "app-1"


@pytest.mark.parametrize("text", ["local", "", "a.b.c", token([]), token("x"), "a.=.c", "é.é.é"])
def test_no_token_of_that_kind(text: str) -> None:
    """Whatever is no such token names nobody, and is no error."""
    assert read_identity(text) == Identity()
    assert read_identity(text).words == "somebody whom the token does not name"
