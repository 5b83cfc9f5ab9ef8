"""The world: `answer(request) -> response`, with its own time, chance and memory.

A request goes through four stations: a fault may strike it, its body is taken in (files go to
disc), its handler runs inside one transaction together with the line in the log, and a fault may
spoil the delivery. Between requests the world remembers nothing but what is on disc.
"""

import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reconciler.emulator import faults, gate, keys, roles, routes, switches
from reconciler.emulator.call import Call, Form, read_body
from reconciler.emulator.chance import guid
from reconciler.emulator.clock import Clock, iso, machine_time, started
from reconciler.emulator.dataplane import multipart
from reconciler.emulator.dataplane.contents import look_into
from reconciler.emulator.faults import NO_BLOW, Blow
from reconciler.emulator.messages import Document, Refusal, Request, Response, as_json, refused
from reconciler.emulator.pace import pace_named
from reconciler.emulator.records import Fault
from reconciler.emulator.registry import from_manifests, register
from reconciler.emulator.routes import Place
from reconciler.emulator.storage import Books, Storage

LOG_KEPT = 100_000
NOWHERE = Place("control", "", ())


class World:
    """A small Azure OpenAI in a folder; `real` is the machine's clock, `sleep` waits in it."""

    def __init__(  # noqa: PLR0913 -- what makes a world, each named at the call
        self,
        data: Path,
        *,
        clock: str = "real",
        seed: int = 0,
        pace: str = "brisk",
        real: Callable[[], float] = machine_time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seed = seed
        self._pace = pace_named(pace)
        self._real = real
        self._sleep = sleep
        fresh = started(clock, real())
        self._storage = Storage(data)
        with self._storage.transaction() as books:
            stored = books.setting("clock")
            now = Clock(**stored).in_mode(clock, real()) if stored else fresh
            books.set("clock", now.stored())

    def close(self) -> None:
        self._storage.close()

    def register_from(self, path: Path) -> None:
        with self._storage.transaction() as books:
            for document in from_manifests(path):
                register(books, document, self._now(books))

    def answer(self, request: Request) -> Response:
        """Never raises: whatever comes is answered, if only with a 400."""
        try:
            where = routes.place(request.segments)
        except Refusal as refusal:
            return self._logged(request, NOWHERE, refused(refusal, "legacy"))
        blow = NO_BLOW if where.surface == "control" else self._struck(request, where)
        if blow.kind == "delay" and blow.is_before:
            self._sleep(blow.seconds)
        if blow.kind == "status" and blow.is_before:
            return self._logged(request, where, faults.answer_of(blow), blow.kind)
        if blow.kind == "drop" and blow.is_before:
            return self._logged(request, where, Response(0, cut="drop"), blow.kind)
        response = self._answer(request, where, blow)
        if blow.kind == "delay" and not blow.is_before:
            self._sleep(blow.seconds)
        return _spoilt(response, blow)

    def _answer(self, request: Request, where: Place, blow: Blow) -> Response:
        form: Form | None = None
        try:
            route, names = self._admitted(request, where)
            form, body = self._taken_in(request, route)
        except Refusal as refusal:
            return self._logged(request, where, refused(refusal, where.surface), blow.kind)
        try:
            with self._storage.transaction() as books:
                response = self._handled(books, request, where, (route, names, form, body))
                response = self._dressed(books, request, where, response)
                self._log(books, request, where, response.status, blow.kind)
        except Exception:  # noqa: BLE001 -- a bug of ours must not look like a dead server
            traceback.print_exc(file=sys.stderr)
            error = {"code": "InternalServerError", "message": "A bug in the emulator; see stderr."}
            return as_json(500, {"error": error})
        finally:
            if form is not None and form.path:
                Path(form.path).unlink(missing_ok=True)
        return response

    def _admitted(self, request: Request, where: Place) -> tuple[routes.Route, dict[str, str]]:
        if where.surface != "control":
            gate.check_sign_in(request, where.surface)
            gate.check_version(request.query, where.surface)
        return routes.find(request.method, where)

    def _taken_in(self, request: Request, route: routes.Route) -> tuple[Form | None, bytes]:
        kind = request.headers.get("content-type", "")
        if kind.lower().startswith("multipart/form-data"):
            form = multipart.receive(request.body, kind, self._storage.landing())
            return _looked_into(form), b""
        body = read_body(request.body)
        return (route.fetch(body, self._storage) if route.fetch else None), body

    def _handled(
        self,
        books: Books,
        request: Request,
        where: Place,
        task: tuple[routes.Route, dict[str, str], Form | None, bytes],
    ) -> Response:
        """Run the handler; it looks before it writes, so a refusal leaves nothing behind."""
        route, names, form, body = task
        try:
            account = gate.account_of(books, where, names)
            call = Call(
                request=request,
                surface=where.surface,
                books=books,
                storage=self._storage,
                now=self._now(books),
                seed=self._seed,
                pace=self._pace,
                switches=switches.positions(books),
                account=account,
                body=body,
                form=form,
            )
            keys.check(call)
            roles.check(call, route.pattern)
            return route.handler(call, **names)
        except Refusal as refusal:
            return refused(refusal, where.surface)

    def _dressed(
        self, books: Books, request: Request, where: Place, response: Response
    ) -> Response:
        """The headers that the real gateways add."""
        if where.surface == "control":
            return response
        request_id = guid(self._seed, "request", books.next_number())
        if where.surface == "arm":
            sort = "reads" if request.method == "GET" else "writes"
            left = f"x-ms-ratelimit-remaining-subscription-{sort}"
            extra = {"x-ms-request-id": request_id, left: "11999"}
        else:
            extra = {"apim-request-id": request_id, "x-request-id": request_id}
        return replace(response, headers={**response.headers, **extra})

    def _struck(self, request: Request, where: Place) -> Blow:
        with self._storage.transaction() as books:
            if not books.all(Fault):
                return NO_BLOW
            return faults.strike(books, request, where.account, self._seed)

    def _now(self, books: Books) -> float:
        return Clock(**books.setting("clock")).at(self._real())

    def _logged(
        self, request: Request, where: Place, response: Response, fault: str = ""
    ) -> Response:
        with self._storage.transaction() as books:
            self._log(books, request, where, response.status, fault)
        return response

    def _log(self, books: Books, request: Request, where: Place, status: int, fault: str) -> None:
        """For assertions; keys and tokens never come near it."""
        if where.surface == "control" and where.rest:
            return
        line: Document = {
            "time": iso(self._now(books)),
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "status": status,
            "account": where.account,
            "surface": where.surface,
            "retry": request.headers.get("x-stainless-retry-count"),
        }
        if fault:
            line["fault"] = fault
        added = books.db.execute("INSERT INTO requests (document) VALUES (?)", (json.dumps(line),))
        if added.lastrowid and added.lastrowid % 1000 == 0:
            oldest = added.lastrowid - LOG_KEPT
            books.db.execute("DELETE FROM requests WHERE seq <= ?", (oldest,))


def _looked_into(form: Form) -> Form:
    """Checked before the transaction begins: a long file must not hold up everybody else."""
    return replace(form, contents=look_into(Path(form.path), form.fields.get("purpose", "")))


def _spoilt(response: Response, blow: Blow) -> Response:
    """How the answer leaves, after everything was committed."""
    match blow.kind:
        case "drop":
            return replace(response, cut="drop")
        case "cut":
            return replace(response, cut="half")
        case "status":
            return replace(faults.answer_of(blow), stored=None)
        case "malformed":
            return replace(response, body=faults.broken(response.body), stored=None)
        case _:
            return response
