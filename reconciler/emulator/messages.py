"""What crosses the door: a request, an answer, and a refusal that becomes an answer."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Literal
from urllib.parse import unquote

Document = dict[str, Any]
Surface = Literal["legacy", "v1", "arm", "control"]

# A JSON body longer than this is refused; files travel as multipart and are streamed.
JSON_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: BinaryIO = field(default_factory=io.BytesIO)
    origin: str = "http://127.0.0.1"

    @property
    def segments(self) -> list[str]:
        """The path's parts, decoded one by one so that an encoded slash stays inside its part."""
        return [unquote(part) for part in self.path.split("/") if part]


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; `cut` tells the door to spoil its delivery on purpose."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    # Sent after `body`, from disc: contents of files are never held in memory.
    stored: tuple[Path, int] | None = None
    cut: Literal["", "drop", "half"] = ""


class Refusal(Exception):
    """The service says no; the surface that was asked decides how the envelope looks."""

    def __init__(
        self, status: int, code: str, message: str, *, param: str | None = None, **more: Any
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.more = more


def as_json(status: int, body: object, headers: Mapping[str, str] | None = None) -> Response:
    content = json.dumps(body, separators=(",", ":")).encode()
    kind = {"Content-Type": "application/json"}
    return Response(status, content, kind | dict(headers or {}))


def refused(refusal: Refusal, surface: Surface) -> Response:
    """The error envelope of the surface.

    Legacy and ARM carry code and message; v1 adds param and type. The API gateway answers
    sign-in failures and unknown routes in the short form on both data planes.
    Sources: azure-rest-api-specs, Azure OpenAI authoring 2025-04-01-preview and v1, read 2026-10.
    """
    if refusal.status == 500 and not refusal.message:
        return Response(500)
    error: Document = {"code": refusal.code, "message": refusal.message}
    if surface == "v1" and not refusal.code.isdigit():
        error |= {"param": refusal.param, "type": _kind_of_error(refusal.status)}
    elif refusal.param and surface != "v1":
        error |= {"target": refusal.param}
    headers: dict[str, str] = refusal.more.get("headers", {})
    return as_json(refusal.status, {"error": error}, headers)


def _kind_of_error(status: int) -> str:
    return "invalid_request_error" if status < 500 else "server_error"


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
