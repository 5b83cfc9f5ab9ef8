"""Data behind a URL, which the service fetches by itself.

What signs such a URL, the token of a shared access signature, is a secret: whoever has it can read
the data. So the URL has no representation, and no text of the service passes without being cleared
of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, SecretStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from reconciler.providers.errors import ServiceError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHORTEST_SECRET = 8  # characters; a shorter value is a version or a permission
SIGNATURE = "sig"  # the parameter that makes a URL of Azure Storage a secret


def _checked(value: Any) -> SecretStr:
    """Messages about a URL never quote it."""
    if not isinstance(value, str):
        raise PydanticCustomError("blob_url", "must be a URL")
    try:
        parts = urlsplit(value)
        is_local = parts.hostname in LOOPBACK
        _ = parts.port
    except ValueError:
        raise PydanticCustomError("blob_url", "is no URL that can be read") from None
    if re.search(r"[\s\x00-\x1f\x7f]", value) or not parts.hostname:
        raise PydanticCustomError("blob_url", "is no URL that can be read")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise PydanticCustomError("blob_url", "must start with https://")
    if parts.username is not None:
        raise PydanticCustomError("blob_url", "must not hold a user name or password")
    return SecretStr(value)


BlobUrl = Annotated[SecretStr, BeforeValidator(_checked), WithJsonSchema({"type": "string"})]


@dataclass(frozen=True)
class Blob:
    """`sha256` is the promise of whoever wrote the manifest: nobody here reads the bytes."""

    url: SecretStr
    sha256: str

    @property
    def signature(self) -> str:
        """As the URL spells it; empty where nothing signs it."""
        found = re.search(rf"[?&]{SIGNATURE}=([^&#]+)", self.url.get_secret_value())
        return found[1] if found else ""

    def hide(self, text: str) -> str:
        """The text without the URL and the values of its query, however they are spelled."""
        url = self.url.get_secret_value()
        text = re.sub(re.escape(url), "(the URL)", text, flags=re.IGNORECASE)
        for pair in urlsplit(url).query.split("&"):
            plain = unquote(pair.partition("=")[2])
            if len(plain) >= SHORTEST_SECRET:
                text = re.sub(_any_spelling(plain), "(hidden)", text, flags=re.IGNORECASE)
        return text

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """No error that leaves says what signs the URL, also where the service quotes it."""
        try:
            yield
        except ServiceError as error:
            said = self.hide(error.message)
            raise type(error)(said, code=error.code, status=error.status, hint=error.hint) from None


def _any_spelling(plain: str) -> str:
    """A pattern: each character as it is, or in hex, once or more often; and + also as a space."""
    return "".join(f"(?:{re.escape(one)}|{_in_hex(one)}{'| ' * (one == '+')})" for one in plain)


def _in_hex(one: str) -> str:
    return "".join(f"%(?:25)*{byte:02x}" for byte in one.encode())
