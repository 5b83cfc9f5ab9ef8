"""Long-running writes: one at a time per account, each with a document that tells how it goes."""

from reconciler.emulator.call import Call
from reconciler.emulator.clock import iso
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.records import Operation

KEPT_SECONDS = 86400.0


def check_free(call: Call) -> None:
    """ARM serialises the writes of one account; text as in aspire issue 3409 and others."""
    if any(op.until > call.now for op in call.books.all(Operation, call.account.key)):
        message = (
            "Another operation is being performed on the parent resource "
            f"'{call.account.id}'. Please try again later."
        )
        raise Refusal(409, "RequestConflict", message)


def begin(call: Call, resource: str, seconds: float, failure: Document | None = None) -> Operation:
    """Note the write; the account is busy until it ends."""
    for old in call.books.all(Operation, call.account.key):
        if old.until + KEPT_SECONDS < call.now:
            call.books.drop(old)
    operation = Operation(
        account=call.account.key,
        key=call.new_guid(),
        created=call.now,
        resource=resource,
        until=call.now + seconds,
        failure=failure,
    )
    call.books.keep(operation)
    return operation


def headers(call: Call, operation: Operation, *, location: bool = False) -> dict[str, str]:
    """Absolute addresses that point back to this server."""
    version = call.request.query.get("api-version", "")
    url = (
        f"{call.request.origin}/subscriptions/{call.account.subscription}"
        f"/providers/Microsoft.CognitiveServices/locations/{call.account.region}"
        f"/operationResults/{operation.key}?api-version={version}"
    )
    found = {"Azure-AsyncOperation": url, **_again(call)}
    return found | {"Location": f"{url}&outcome=status"} if location else found


def _again(call: Call) -> dict[str, str]:
    """Never 0: azure-core takes 0 for "absent" and polls every 30 s (azure-core 1.41.0)."""
    return {"Retry-After": f"{call.switches.seconds('poll_after_seconds') or 1:g}"}


def get(call: Call, location: str, operation_id: str) -> Response:
    """The async document; with `outcome=status`, the bare answers of a Location address."""
    del location
    found = [op for op in call.books.all(Operation) if op.key == operation_id.lower()]
    if not found:
        message = f"The operation '{operation_id}' was not found."
        raise Refusal(404, "OperationNotFound", message)
    operation = found[0]
    is_running = call.now < operation.until
    again = _again(call) if is_running else {}
    if call.request.query.get("outcome") == "status":
        if not is_running and operation.failure:
            raise Refusal(409, operation.failure["code"], operation.failure["message"])
        return Response(202 if is_running else 204, b"", again)
    return as_json(200, _document(call, operation, is_running=is_running), again)


def _document(call: Call, operation: Operation, *, is_running: bool) -> Document:
    document: Document = {
        "id": call.request.path,
        "name": operation.key,
        "status": "InProgress",
        "startTime": iso(operation.created),
    }
    if not is_running:
        document["status"] = "Failed" if operation.failure else "Succeeded"
        document["endTime"] = iso(operation.until)
        if operation.failure:
            document["error"] = operation.failure
    return document
