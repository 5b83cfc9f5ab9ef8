"""Makes a deployment, changes its settings, and puts another model behind its name."""

from __future__ import annotations

from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.calling import Line
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.state import VERIFY
from reconciler.kinds.deployment.steps import Change, Make, Swap
from reconciler.kinds.deployment.verifying import check, reach, rejected, verdict
from reconciler.providers.errors import Refused, ServiceError

CANNOT_CHANGE_IN_PLACE = {"CannotChangeDeploymentModel"}


def make(errand: Errand, step: Make) -> None:
    errand.desk.delete(*step.instead_of)
    place = errand.patient if step.instead_of else errand
    place.put(step.name, errand.whole(step.name))
    record = errand.believe(step.name)
    if step.beside:
        errand.scene.tell(f"{step.name} is there, beside {step.beside}, which goes on answering")
    if step.is_called_at_once(errand.goal.name):
        reach(errand, Line(errand.desk, step.name, record.model))
        check(errand, step.name)


def change(errand: Errand, step: Change) -> None:
    write_settings(errand, step)
    errand.believe(step.name, with_model=False)


def write_settings(errand: Errand, step: Change) -> None:
    """By PATCH where that can do it; else everything is put, with what nobody here knows kept."""
    goal, behind, record = errand.goal, errand.case.served, errand.record(step.name)
    origin = body.origin(goal, behind) if behind.is_behind(record) else {}
    if body.is_patch(step.changes):
        errand.desk.patch(step.name, body.patch(goal, record, origin))
        return
    wanted = body.declared(goal)
    wanted["tags"] |= origin
    errand.put(step.name, body.laid_over(errand.desk.read(step.name), wanted))


def swap(errand: Errand, step: Swap) -> None:
    """Put another model behind the name; if that answers wrongly, put the old one back."""
    errand.desk.delete(*step.instead_of)
    before = errand.desk.find(step.name)
    _put_through(errand, step.name, errand.whole(step.name))
    record = errand.believe(step.name)
    line = Line(errand.desk, step.name, record.model)
    reach(errand, line)
    marks, wrong = verdict(errand, line)
    if wrong and before:
        _put_back(errand, step.name, before, wrong)
    if marks:
        errand.desk.patch(step.name, body.patch(errand.goal, record, marks))
    if wrong:
        raise rejected(wrong)


def _put_back(errand: Errand, name: str, before: body.Body, wrong: str) -> None:
    """What was there, with the mark of the failure. Raises Refused in any case."""
    errand.scene.tell(f"{wrong}; putting the earlier model back")
    old = body.writable(before)
    old["tags"][VERIFY] = f"failed:{errand.case.verdict}"
    try:
        _put_through(errand, name, old)
        reach(errand, Line(errand.desk, name, str(old["properties"]["model"]["name"])))
    except ServiceError as error:
        text = f"{wrong}. Putting the earlier model back failed, too: {error.message}"
        raise Refused(text, code=error.code, hint=error.hint) from error
    raise rejected(f"{wrong}. The earlier model is back")


def _put_through(errand: Errand, name: str, wanted: body.Body) -> None:
    """In place if the manifest and the service allow it; else deleted and made again."""
    if errand.goal.update == "auto" and _is_put_in_place(errand, name, wanted):
        return
    errand.scene.tell("deleting, then making it again")
    errand.desk.delete(name)
    errand.patient.put(name, wanted)


def _is_put_in_place(errand: Errand, name: str, wanted: body.Body) -> bool:
    """The model first, then the SKU: the service refuses to change both at once."""
    there = errand.desk.find(name) or wanted
    try:
        errand.put(name, {**wanted, "sku": there["sku"]})
        if there["sku"] != wanted["sku"]:
            errand.put(name, wanted)
    except ServiceError as refused:
        if refused.code not in CANNOT_CHANGE_IN_PLACE:
            raise
        return False
    return True
