"""The emulator's own addresses: clock, accounts, faults, switches and the log of requests."""

import json
import re
from collections.abc import Callable
from typing import Any

from reconciler.emulator import faults as fault_rules
from reconciler.emulator import registry
from reconciler.emulator import switches as switch_rules
from reconciler.emulator.call import Call
from reconciler.emulator.clock import Clock, iso, machine_time, moment_in, seconds_in
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.paging import is_number
from reconciler.emulator.records import Fault

# Far from where dates stop to be representable.
END_OF_TIME = 1e11


def clock(call: Call) -> Response:
    stored = Clock(**call.books.setting("clock"))
    now = stored.at(machine_time())
    return as_json(200, {"now": iso(now), "unix": now, "mode": stored.mode, "rate": stored.rate})


def move_clock(call: Call) -> Response:
    """`{"advance": "16d"}` or `{"set": "2026-11-22T00:00:00Z"}`, in every mode."""
    wanted = _understood(lambda: json.loads(call.body))
    if not isinstance(wanted, dict) or len(wanted) != 1 or not {"advance", "set"} & set(wanted):
        raise _wrong('send {"advance": "16d"} or {"set": "2026-11-22T00:00:00Z"}')
    stored, real = Clock(**call.books.setting("clock")), machine_time()
    if "advance" in wanted:
        moved = stored.moved(_understood(lambda: seconds_in(str(wanted["advance"]))), real)
    else:
        moved = stored.set_to(_understood(lambda: moment_in(str(wanted["set"]))), real)
    if not 0 <= moved.then < END_OF_TIME:
        raise _wrong("the clock runs from 1970 to 5138")
    call.books.set("clock", moved.stored())
    return clock(call)


def accounts(call: Call) -> Response:
    value = [registry.shown(account) for account in registry.known_accounts(call.books)]
    return as_json(200, {"value": value})


def register(call: Call) -> Response:
    """One account or a list of them; registering again changes what is known."""
    for document in _documents(call):
        _understood(registry.register, call.books, document, call.now)
    return accounts(call)


def faults(call: Call) -> Response:
    return as_json(200, {"value": [fault_rules.shown(f) for f in call.books.all(Fault)]})


def add_faults(call: Call) -> Response:
    for document in _documents(call):
        number = call.books.next_number()
        call.books.keep(_understood(fault_rules.added, document, number, call.now))
    return faults(call)


def clear_faults(call: Call) -> Response:
    for fault in call.books.all(Fault):
        call.books.drop(fault)
    return Response(204)


def requests(call: Call) -> Response:
    """Oldest first, after a number; at most 10000."""
    after = call.request.query.get("after", "0")
    if not is_number(after):
        raise _wrong("after is the number of a request")
    rows = call.books.db.execute(
        "SELECT seq, document FROM requests WHERE seq > ? ORDER BY seq LIMIT 10000", (int(after),)
    )
    value = [{"seq": seq, **json.loads(document)} for seq, document in rows]
    return as_json(200, {"value": value})


def switches(call: Call) -> Response:
    now = switch_rules.positions(call.books)
    value = [
        {
            "name": switch.name,
            "value": now[switch.name],
            "default": switch.default,
            "choices": list(switch.choices),
            "meaning": switch.meaning,
        }
        for switch in switch_rules.SWITCHES
    ]
    return as_json(200, {"value": value})


def turn_switches(call: Call) -> Response:
    wanted = _understood(lambda: json.loads(call.body))
    if not isinstance(wanted, dict):
        raise _wrong('send {"name": value}')
    _understood(switch_rules.turn, call.books, wanted)
    return switches(call)


def _documents(call: Call) -> list[Document]:
    given = _understood(lambda: json.loads(call.body))
    found = given if isinstance(given, list) else [given]
    if not all(isinstance(each, dict) for each in found):
        raise _wrong("send a JSON object or a list of them")
    return found


def _understood(read: Callable[..., Any], *arguments: object) -> Any:
    """Run a reader; its plain words become a refusal."""
    try:
        return read(*arguments)
    except (ValueError, TypeError, OverflowError, RecursionError, re.error) as error:
        raise _wrong(str(error)) from None


def _wrong(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)
