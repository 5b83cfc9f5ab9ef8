"""Moves the pointer from one version to another."""

from __future__ import annotations

from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.calling import Line
from reconciler.kinds.deployment.changing import write_settings
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.state import PROMOTED
from reconciler.kinds.deployment.steps import WORKING, Change, Promote
from reconciler.kinds.deployment.verifying import reach, rejected, verdict
from reconciler.kinds.deployment.versions import next_promotion
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.errors import Refused


def promote(errand: Errand, step: Promote) -> None:
    """Only what is as declared, can be called and answers as expected gets the pointer."""
    _settled(errand, step.name)
    if step.settings:
        write_settings(errand, Change(step.name, step.settings))
    record = errand.believe(step.name)
    line = Line(errand.desk, step.name, record.model)
    reached = reach(errand, line)
    marks, wrong = verdict(errand, line)
    if wrong:
        errand.desk.patch(step.name, body.patch(errand.goal, record, marks))
        goes_on = f"{step.over} goes on being called" if step.over else "nothing is called yet"
        raise rejected(f"{wrong}. It is not promoted, and {goes_on}")
    moment = next_promotion(errand.case.mine, errand.scene.now())
    pointer = {PROMOTED: moment.isoformat()}
    errand.desk.patch(step.name, body.patch(errand.goal, record, {**reached, **marks, **pointer}))
    _believe_in(errand, step.name, pointer)
    errand.scene.tell(f"{step.name} is the one to call")


def _settled(errand: Errand, name: str) -> None:
    """Wait until the service is done with it: a run may have been killed while it was made."""

    def look() -> None:
        record: DeploymentRecord = errand.desk.record(name)
        if record.provisioning.lower() in WORKING:
            raise _Unsettled(f"deployment {name} is still {record.provisioning}.")

    limit = errand.desk.connection.pace.callable_within
    errand.desk.patiently(look, lambda error: isinstance(error, _Unsettled), limit)


class _Unsettled(Refused): ...


def _believe_in(errand: Errand, name: str, pointer: dict[str, str]) -> None:
    tags = errand.desk.record(name).tags
    if any(tags.get(mark) != value for mark, value in pointer.items()):
        raise Refused(
            f"deployment {name} was accepted, but its tags are not there.",
            code="AcceptedNotApplied",
            hint="Something else may be writing its tags, such as an Azure Policy.",
        )
