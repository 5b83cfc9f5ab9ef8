"""Calls a deployment that nobody calls, so that the service does not delete it."""

from __future__ import annotations

from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.calling import Line, Question
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.verifying import called


def keep_alive(errand: Errand, name: str) -> None:
    """One call of one token, and a mark of it: it takes a while until metrics tell of calls."""
    errand.scene.tell("one call of one token")
    record = errand.record(name)
    Line(errand.desk, name, record.model).ask(Question("ping"))
    errand.desk.patch(name, body.marked(record, called(errand)))
