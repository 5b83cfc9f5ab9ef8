"""Puts another model behind a name, and the earlier one back where that does not work out."""

from __future__ import annotations

from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.calling import Line
from reconciler.kinds.deployment.changing import make
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.state import VERIFY
from reconciler.kinds.deployment.steps import Make, Swap
from reconciler.kinds.deployment.verifying import WRONG_ANSWERS, hear, reach, rejected, write_down
from reconciler.providers.errors import ServiceError

CANNOT_CHANGE_IN_PLACE = {"CannotChangeDeploymentModel"}
REPEATED = "Mend that before the next apply, which tries the same again."


def swap(errand: Errand, step: Swap) -> None:
    """Put another model behind the name; if that does not work out, put the old one back."""
    before = errand.desk.find(step.name)
    if before is None:
        make(errand, Make(step.name, instead_of=step.instead_of))
        return
    errand.desk.delete(*step.instead_of)
    wanted = errand.whole(step.name)
    try:
        _put_through(errand, step.name, wanted)
        _prove(errand, step.name)
    except ServiceError as error:
        raise _undone(errand, step.name, before, error) from error
    errand.believe(step.name)


def _prove(errand: Errand, name: str) -> None:
    """Whether it serves its new model, can be called and answers as expected."""
    record = errand.served(name)
    heard = hear(errand, record)
    if heard.wrong:
        raise rejected(heard.wrong)
    write_down(errand, record, heard.marks)


def _undone(errand: Errand, name: str, before: body.Body, error: ServiceError) -> ServiceError:
    """Put back what was there, unless it still is; what there is to say about that."""
    try:
        there = errand.desk.find(name)
        if there and _serving(there) == _serving(before):
            return error
        errand.scene.tell(f"{_sentence(error)} Putting the earlier model back")
        _put_back(errand, name, before, is_wrong=error.code == WRONG_ANSWERS)
    except ServiceError as second:
        text = f"Putting the earlier model back failed, too: {_sentence(second)}"
        hint = f"{second.hint} Apply the earlier manifest to bring the earlier model back."
        return _going_on(error, f"{text} {_left(errand, name)}.", hint.strip())
    return _going_on(error, "The earlier model is back.", error.hint or REPEATED)


def _put_back(errand: Errand, name: str, before: body.Body, *, is_wrong: bool) -> None:
    """With the mark of the failure, so that the same is not tried again; any other may pass."""
    old, place = body.writable(before), errand.patient
    if is_wrong:
        old["tags"][VERIFY] = errand.case.failed
    there = errand.desk.find(name)
    if there is None or _serving(there)[0] == _serving(old)[0]:
        place.put(name, old)
    else:
        _put_through(place, name, old)
    reach(errand, Line(errand.desk, name, str(old["properties"]["model"]["name"])))


def _left(errand: Errand, name: str) -> str:
    try:
        there = errand.desk.find(name)
    except ServiceError:
        return f"Nobody knows what {name} serves now"
    if there is None:
        return f"{name} is not there now, and calls to it fail"
    model, state = _serving(there)
    return f"{name} has the model {model} now, and is {state}"


def _serving(there: body.Body) -> tuple[str, str]:
    """The model behind it, and what the service says of it."""
    properties = there["properties"]
    return str(properties["model"]["name"]), str(properties.get("provisioningState"))


def _going_on(error: ServiceError, more: str, hint: str) -> ServiceError:
    text = f"{_sentence(error)} {more}"
    return type(error)(text, code=error.code, status=error.status, hint=hint)


def _sentence(error: ServiceError) -> str:
    return f"{error.message.rstrip('.')}."


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
