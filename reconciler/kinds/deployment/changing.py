"""Makes a deployment, and changes its settings."""

from __future__ import annotations

from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.steps import Change, Make
from reconciler.kinds.deployment.verifying import check


def make(errand: Errand, step: Make) -> None:
    errand.desk.delete(*step.instead_of)
    place = errand.patient if step.instead_of else errand
    place.put(step.name, errand.whole(step.name))
    errand.believe(step.name)
    if step.beside:
        errand.scene.tell(f"{step.name} is there, beside {step.beside}, which goes on answering")
    if step.is_called_at_once(errand.goal.name):
        check(errand, step.name)


def change(errand: Errand, step: Change) -> None:
    write_settings(errand, step)
    errand.believe(step.name, with_model=False)


def write_settings(errand: Errand, step: Change) -> None:
    """By PATCH where that can do it; else everything is put, with what nobody here knows kept."""
    goal, behind, record = errand.goal, errand.case.served, errand.record(step.name)
    is_behind = behind.is_behind(record)
    origin = body.origin(goal, behind) if is_behind else {}
    if body.is_patch(step.changes):
        errand.desk.patch(step.name, body.patch(goal, record, origin))
        return
    there, wanted = errand.desk.read(step.name), body.declared(goal)
    wanted["tags"] |= origin
    if is_behind and not body.source(there):
        wanted["properties"] |= errand.model_from_elsewhere(there)
    errand.put(step.name, body.laid_over(there, wanted))
