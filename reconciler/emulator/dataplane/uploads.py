"""Files that arrive in parts, and files that the service fetches by itself.

Limits: 9 GB and two hours by azure-rest-api-specs, authoring 2025-04-01-preview; the product
pages say 8 GB. The total quota of 1 GB applies in any case.
"""

import hashlib
import json
import shutil
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from reconciler.emulator.call import Call, Form
from reconciler.emulator.dataplane import files
from reconciler.emulator.dataplane.contents import look_into
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.records import StoredFile, Upload
from reconciler.emulator.storage import Storage

LIFETIME = 7200
BYTES_AT_MOST = 9 * 1024**3
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def create(call: Call) -> Response:
    _check_surface(call)
    wanted = call.document()
    size, name, purpose = wanted.get("bytes"), wanted.get("filename"), wanted.get("purpose")
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= BYTES_AT_MOST:
        raise call.malformed("bytes must be a whole number between 1 and 9 GB.")
    if not isinstance(name, str) or not name or str(purpose) not in files.PURPOSES:
        raise call.malformed("filename and a supported purpose are required.")
    upload = Upload(
        account=call.account.key,
        key=call.new_id("upload_"),
        created=call.now,
        filename=name,
        purpose=str(purpose),
        bytes=size,
    )
    call.books.keep(upload)
    return as_json(200, _shown(call, upload))


def add_part(call: Call, upload_id: str) -> Response:
    upload = _pending(call, upload_id)
    if call.form is None or not call.form.path:
        raise call.malformed("A part is a multipart form with the field 'data'.")
    part = call.new_id("part_")
    Path(call.form.path).replace(call.storage.files / part)
    upload.parts[part] = call.form.size
    call.books.keep(upload)
    body = {
        "id": part,
        "object": "upload.part",
        "created_at": int(call.now),
        "upload_id": upload.key,
    }
    return as_json(200, body)


def complete(call: Call, upload_id: str) -> Response:
    """The order of `part_ids` is the order of the bytes."""
    upload = _pending(call, upload_id)
    wanted = call.document()
    parts = wanted.get("part_ids")
    if (
        not isinstance(parts, list)
        or not parts
        or {str(part) for part in parts} - set(upload.parts)
    ):
        raise call.malformed("part_ids must name the parts of this upload.")
    if sum(upload.parts[part] for part in parts) != upload.bytes:
        raise call.malformed("The parts do not add up to the announced number of bytes.")
    joined = _joined(call, parts)
    try:
        _check_md5(call, joined, wanted.get("md5"))
        file = files.store(call, files.Arrival(joined, upload.filename, upload.purpose))
    finally:
        joined.unlink(missing_ok=True)
    upload.file = file.key
    call.books.keep(upload)
    for part in upload.parts:
        call.books.discarded.append(call.storage.files / part)
    return as_json(200, _shown(call, upload))


def cancel(call: Call, upload_id: str) -> Response:
    upload = _pending(call, upload_id)
    upload.cancelled = True
    call.books.keep(upload)
    for part in upload.parts:
        call.books.discarded.append(call.storage.files / part)
    return as_json(200, _shown(call, upload))


class _Stay(HTTPRedirectHandler):
    """Redirects may lead off the machine; none is followed."""

    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(body: bytes, storage: Storage) -> Form:
    """Read the address of an import, before the transaction; failure becomes the file's error."""
    try:
        wanted = json.loads(body)
        fields = {name: str(wanted[name]) for name in ("purpose", "filename", "content_url")}
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "purpose, filename and content_url are required."
        raise Refusal(400, "invalidPayload", message) from None
    path = storage.landing()
    problem = _fetch(fields["content_url"], path)
    found = look_into(path, fields["purpose"])
    found.problem = problem or found.problem
    return Form(fields, fields["filename"], str(path), found.bytes, found)


def import_file(call: Call) -> Response:
    form = call.form
    if form is None or not form.filename:
        raise call.malformed("filename and content_url are required.")
    arrival = files.Arrival(Path(form.path), form.filename, form.fields["purpose"], form.contents)
    return files.created(call, files.store(call, arrival))


def _fetch(url: str, path: Path) -> str:
    """What went wrong, if anything did. Only loopback: the emulator never leaves the machine."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.hostname not in LOOPBACK:
        return "fileImportFailed: the emulator reads from loopback addresses only."
    try:
        opener = build_opener(_Stay, ProxyHandler({}))
        with opener.open(url, timeout=10) as source, path.open("wb") as file:
            shutil.copyfileobj(source, file)
    except (OSError, ValueError, HTTPException) as error:
        return f"fileImportFailed: {error}"
    return ""


def _joined(call: Call, parts: list[str]) -> Path:
    path = call.storage.landing()
    with path.open("wb") as whole:
        for part in parts:
            with (call.storage.files / part).open("rb") as piece:
                shutil.copyfileobj(piece, whole)
    return path


def _check_md5(call: Call, path: Path, md5: object) -> None:
    if md5 is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != str(md5).lower():
        raise call.malformed("The md5 of the parts is another one.")


def _pending(call: Call, upload_id: str) -> Upload:
    _check_surface(call)
    upload = call.books.find(Upload, call.account.key, upload_id)
    if upload is None:
        raise Refusal(404, "notFound", f"The upload '{upload_id}' does not exist.")
    state = _status(upload, call.now)
    if state != "pending":
        raise Refusal(400, "invalidPayload", f"The upload is {state}.")
    return upload


def _check_surface(call: Call) -> None:
    """Below /openai/v1/ uploads answer 404 (Microsoft's field notes, 2026-08); a switch."""
    if call.surface == "v1" and call.switches.is_set("uploads_on_v1", "refuse"):
        raise Refusal(404, "404", "Resource not found")


def _status(upload: Upload, now: float) -> str:
    if upload.file:
        return "completed"
    if upload.cancelled:
        return "cancelled"
    return "expired" if now >= upload.created + LIFETIME else "pending"


def _shown(call: Call, upload: Upload) -> Document:
    file = call.books.find(StoredFile, call.account.key, upload.file) if upload.file else None
    return {
        "id": upload.key,
        "object": "upload",
        "bytes": upload.bytes,
        "created_at": int(upload.created),
        "expires_at": int(upload.created + LIFETIME),
        "filename": upload.filename,
        "purpose": upload.purpose,
        "status": _status(upload, call.now),
        "file": files.shown(call, file) if file else None,
    }
