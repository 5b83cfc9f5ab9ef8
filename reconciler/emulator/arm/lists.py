"""Lists of the control plane, whole or in pages that name the address of the next."""

from urllib.parse import urlencode

from reconciler.emulator.call import Call
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.paging import is_number

SKIP = "$skipToken"


def listed(call: Call, value: list[Document]) -> Response:
    """Where the service breaks its lists is not documented, so a switch says it."""
    size = int(call.switches["arm_page_size"]) or len(value)
    start = _start(call)
    is_last = start + size >= len(value)
    link = None if is_last else _address(call, start + size)
    return as_json(200, {"value": value[start : start + size], "nextLink": link})


def _start(call: Call) -> int:
    token = call.request.query.get(SKIP, "0")
    if not is_number(token):
        raise Refusal(400, "InvalidSkipToken", f"The skip token '{token}' is invalid.")
    return int(token)


def _address(call: Call, start: int) -> str:
    query = urlencode({**call.request.query, SKIP: start})
    return f"{call.request.origin}{call.request.path}?{query}"
