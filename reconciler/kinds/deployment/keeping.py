"""Calls a deployment that nobody calls, so that the service does not delete it."""

from __future__ import annotations

from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.calling import ARRIVED, Line, ping
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.verifying import called
from reconciler.providers.errors import Refused

UNCERTAIN = "Whether the service counts a call that it refused is not documented."


def keep_alive(errand: Errand, name: str) -> None:
    """One short call, and a mark of it: it takes a while until metrics tell of calls."""
    errand.scene.tell("one short call")
    record = errand.record(name)
    try:
        Line(errand.desk, name, record.model).ask(ping(record.model))
    except Refused as error:
        if error.status not in ARRIVED:
            raise
        hint = f"{UNCERTAIN} Call it yourself: `ftctl chat {errand.goal.name}`."
        raise Refused(error.message, code=error.code, status=error.status, hint=hint) from error
    errand.desk.patch(name, body.marked(record, called(errand)))
