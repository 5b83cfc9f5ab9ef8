"""What a handler is given: the request, the open books, the time, and who is being asked."""

import json
from dataclasses import dataclass
from typing import BinaryIO

from reconciler.emulator.chance import guid, hex32
from reconciler.emulator.messages import JSON_LIMIT, Document, Refusal, Request, Surface
from reconciler.emulator.pace import Pace
from reconciler.emulator.records import Account, Contents
from reconciler.emulator.storage import Books, Storage
from reconciler.emulator.switches import Positions


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body: its fields, and where on disc its file was put."""

    fields: dict[str, str]
    filename: str = ""
    path: str = ""
    size: int = 0
    contents: Contents | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request being answered, inside its transaction."""

    request: Request
    surface: Surface
    books: Books
    storage: Storage
    now: float
    seed: int
    pace: Pace
    switches: Positions
    account: Account
    body: bytes = b""
    form: Form | None = None

    def new_id(self, prefix: str) -> str:
        return prefix + hex32(self.seed, self.books.next_number())

    def new_guid(self) -> str:
        return guid(self.seed, self.books.next_number())

    def document(self) -> Document:
        """The JSON object in the body, or the service's refusal of anything else."""
        try:
            document = json.loads(self.body, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise self.malformed("The request body is not valid JSON.") from None
        if not isinstance(document, dict):
            raise self.malformed("The request body must be a JSON object.")
        return document

    def malformed(self, message: str) -> Refusal:
        code = {"arm": "InvalidRequestContent", "v1": "invalid_request"}
        return Refusal(400, code.get(self.surface, "invalidPayload"), message)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON, whatever Python says")


def read_body(stream: BinaryIO) -> bytes:
    body = stream.read(JSON_LIMIT + 1)
    if len(body) > JSON_LIMIT:
        raise Refusal(413, "RequestEntityTooLarge", "The request body is too large.")
    return body
