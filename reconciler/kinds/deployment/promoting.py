"""Moves the pointer from one version to another."""

from __future__ import annotations

from reconciler.kinds.deployment.changing import write_settings
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.state import PROMOTED
from reconciler.kinds.deployment.steps import Change, Promote
from reconciler.kinds.deployment.verifying import hear, rejected, write_down
from reconciler.kinds.deployment.versions import next_promotion
from reconciler.providers.errors import Refused


def promote(errand: Errand, step: Promote) -> None:
    """Only what is as declared, can be called and answers as expected gets the pointer."""
    errand.desk.see_through("make", step.name)  # a run may have been killed while it was made
    if step.settings:
        write_settings(errand, Change(step.name, step.settings))
    record = errand.believe(step.name)
    heard = hear(errand, record)
    if heard.wrong:
        write_down(errand, record, heard.marks)
        goes_on = f"{step.over} goes on being called" if step.over else "nothing is called yet"
        stays = f"{step.name} stays for a look, and is hosted meanwhile"
        raise rejected(f"{heard.wrong}. It is not promoted, and {goes_on}; {stays}")
    moment = next_promotion(errand.case.mine, errand.scene.now())
    pointer = {PROMOTED: moment.isoformat()}
    write_down(errand, record, {**heard.marks, **pointer})
    _believe_in(errand, step.name, pointer)
    errand.scene.tell(f"{step.name} is the one to call")


def _believe_in(errand: Errand, name: str, pointer: dict[str, str]) -> None:
    tags = errand.desk.record(name).tags
    if any(tags.get(mark) != value for mark, value in pointer.items()):
        raise Refused(
            f"deployment {name} was accepted, but its tags are not there.",
            code="AcceptedNotApplied",
            hint="Something else may be writing its tags, such as an Azure Policy.",
        )
