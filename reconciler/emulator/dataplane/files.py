"""Files: uploaded, checked for a while, listed, read, deleted; and results files of jobs."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from reconciler.emulator import faults
from reconciler.emulator.call import Call
from reconciler.emulator.dataplane import lineage
from reconciler.emulator.dataplane.contents import look_into
from reconciler.emulator.dataplane.learning import recipe, results_csv
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.paging import is_number, page
from reconciler.emulator.records import Contents, Job, StoredFile

# Per account: Microsoft Learn, Azure OpenAI quotas and limits, 2026-02-17.
FILES_KEPT = 100
BYTES_KEPT = 1024**3
PURPOSES = frozenset({"fine-tune", "assistants", "batch", "evals"})
# 14 to 30 days (azure-rest-api-specs, authoring 2025-04-01-preview).
EXPIRY = (1_209_600, 2_592_000)


def status(file: StoredFile, now: float) -> str:
    if file.job or now >= file.created + file.check_seconds:
        return "error" if file.found.problem else "processed"
    return "pending"


def is_there(call: Call, file: StoredFile) -> bool:
    """Not expired; and a results file only once its job trains."""
    if file.expires is not None and call.now >= file.expires:
        return False
    return not file.job or call.now >= _results_start(call, file)


def listing(call: Call) -> Response:
    query = call.request.query
    delay = call.switches.seconds("listing_delay_seconds")
    found = [
        shown(call, file)
        for file in call.books.all(StoredFile, call.account.key)
        if is_there(call, file)
        and file.created + delay <= call.now
        and query.get("purpose", file.purpose) == file.purpose
    ]
    if query.get("order", "desc") == "desc":
        found.reverse()
    body = page(found, query, default=10_000)
    if call.surface == "legacy":
        # The legacy list has no paging fields; `has_more` only appears when a page was cut.
        more = {"has_more": True} if body["has_more"] else {}
        body = {"object": "list", "data": body["data"], **more}
    return as_json(200, body)


def upload(call: Call) -> Response:
    form = call.form
    if form is None or not form.path:
        raise call.malformed("The request must be a multipart form with purpose and file.")
    if "purpose" not in form.fields:
        raise call.malformed("The field 'purpose' is required.")
    if not form.filename:
        raise call.malformed("The field 'file' is required.")
    expires = _expiry(call, form.fields)
    arrived = Arrival(Path(form.path), form.filename, form.fields["purpose"], form.contents)
    file = store(call, arrived)
    file.expires = expires
    call.books.keep(file)
    return created(call, file)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came in, one way or another; `contents` if somebody looked already."""

    path: Path
    filename: str
    purpose: str
    contents: Contents | None = None


def store(call: Call, arrival: Arrival) -> StoredFile:
    """Take a file over from where it arrived; it becomes visible with the transaction."""
    if arrival.purpose not in PURPOSES:
        raise call.malformed(f"The purpose '{arrival.purpose}' is not supported.")
    found = arrival.contents or look_into(arrival.path, arrival.purpose)
    _check_room(call, found)
    spoilt = faults.spoil(call.books, {"file_error"}, call.request, call.account.name)
    if spoilt:
        found.problem = str(spoilt.get("message", "The file could not be processed."))
    file = StoredFile(
        account=call.account.key,
        key=call.new_id("file-"),
        created=call.now,
        filename=arrival.filename,
        purpose=arrival.purpose,
        contents=vars(found),
        check_seconds=call.pace.file_check,
    )
    arrival.path.replace(call.storage.files / file.key)
    call.books.keep(file)
    return file


def created(call: Call, file: StoredFile) -> Response:
    """201 with a Location on legacy paths, 200 on v1."""
    body = shown(call, file)
    if call.surface == "v1":
        return as_json(200, body)
    where = f"{call.request.origin}/{quote(call.account.name)}/openai/files/{file.key}"
    return as_json(201, body, {"Location": where})


def get(call: Call, file_id: str) -> Response:
    return as_json(200, shown(call, _existing(call, file_id)))


def delete(call: Call, file_id: str) -> Response:
    file = _existing(call, file_id)
    call.books.drop(file)
    forget(call, file.key)
    return as_json(200, {"id": file.key, "object": "file", "deleted": True})


def forget(call: Call, file_id: str) -> None:
    """Discard the bytes of a file that is gone, unless a model knows them by heart."""
    jobs = call.books.all(Job, call.account.key)
    is_learnt = any(not job.deleted and job.training_file == file_id for job in jobs)
    if not is_learnt and call.books.find(StoredFile, call.account.key, file_id) is None:
        call.books.discarded.append(call.storage.files / file_id)


def content(call: Call, file_id: str) -> Response:
    file = _existing(call, file_id)
    kind = {"Content-Type": "application/octet-stream"}
    if file.job:
        return Response(200, _results(call, file), kind)
    path = call.storage.files / file.key
    return Response(200, b"", kind, stored=(path, file.found.bytes))


def shown(call: Call, file: StoredFile) -> Document:
    state = status(file, call.now)
    size = _size_of_results(call, file) if file.job else file.found.bytes
    return {
        "id": file.key,
        "object": "file",
        "bytes": size,
        "created_at": int(_results_start(call, file) if file.job else file.created),
        "filename": file.filename,
        "purpose": file.purpose,
        "status": state,
        "expires_at": None if file.expires is None else int(file.expires),
        "status_details": file.found.problem if state == "error" else None,
    }


def _existing(call: Call, file_id: str) -> StoredFile:
    file = call.books.find(StoredFile, call.account.key, file_id)
    if file is None or not is_there(call, file):
        code = "notFound" if call.surface == "legacy" else "not_found"
        raise Refusal(404, code, f"The file '{file_id}' does not exist.", param="file_id")
    return file


def _results_start(call: Call, file: StoredFile) -> float:
    job = call.books.find(Job, call.account.key, file.job)
    if job is None:
        return float("inf")
    return lineage.course_of(call.books, call.account.key, job).started


def _results(call: Call, file: StoredFile) -> bytes:
    """What the job has written so far; complete when it has ended."""
    job = call.books.find(Job, call.account.key, file.job)
    if job is None:
        return b""
    course = lineage.course_of(call.books, call.account.key, job)
    return results_csv(job, int(course.progress(call.now) * recipe(job).steps))


def _size_of_results(call: Call, file: StoredFile) -> int:
    """Counted once when the job has ended: lists must not write every file again."""
    if file.found.bytes:
        return file.found.bytes
    size = len(_results(call, file))
    job = call.books.find(Job, call.account.key, file.job)
    if job and lineage.course_of(call.books, call.account.key, job).finished <= call.now:
        file.contents["bytes"] = size
        call.books.keep(file)
    return size


def _check_room(call: Call, new: Contents) -> None:
    kept = [
        file
        for file in call.books.all(StoredFile, call.account.key)
        if file.purpose == "fine-tune" and is_there(call, file)
    ]
    total = new.bytes + sum(file.found.bytes for file in kept)
    problem = ""
    if len(kept) >= FILES_KEPT:
        problem = f"The resource has {FILES_KEPT} fine-tuning files already; delete some."
    elif total > BYTES_KEPT and call.switches.is_set("file_quota", "enforce"):
        problem = "The fine-tuning files of the resource would exceed 1 GB in total."
    if problem:
        raise Refusal(int(call.switches["quota_status"]), "quotaExceeded", problem)


def _expiry(call: Call, fields: dict[str, str]) -> float | None:
    """Both spellings: the OpenAI clients send brackets, the specification writes dots."""
    seconds = fields.get("expires_after[seconds]", fields.get("expires_after.seconds"))
    if seconds is None:
        return None
    if not is_number(seconds) or not EXPIRY[0] <= int(seconds) <= EXPIRY[1]:
        message = f"expires_after.seconds must be between {EXPIRY[0]} and {EXPIRY[1]}."
        raise call.malformed(message)
    anchor = fields.get("expires_after[anchor]", fields.get("expires_after.anchor", "created_at"))
    if anchor != "created_at":
        raise call.malformed("expires_after.anchor must be created_at.")
    return call.now + int(seconds)
