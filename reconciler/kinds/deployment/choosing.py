"""Chooses the next step of a deployment. Pure.

The first part that has something to say is the step. A part looks at one thing: is the name free,
is it there, has the service finished, does it serve the right model, has it the pointer, are its
settings as declared, has it answered as expected.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from reconciler.kinds.changes import changes
from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.inactivity import hibernates, is_to_be_called
from reconciler.kinds.deployment.lifetime import Unknown
from reconciler.kinds.deployment.state import (
    CALLED,
    NEVER,
    PROJECT,
    VERIFY,
    is_marked,
    is_same_name,
    settings,
    weights,
)
from reconciler.kinds.deployment.steps import (
    GIVEN_UP,
    SWITCHED_OFF,
    WORKING,
    Await,
    Call,
    Change,
    Check,
    Drain,
    Hibernate,
    Keep,
    Leave,
    LeaveOff,
    Make,
    Promote,
    Rejected,
    Retire,
    Step,
    Swap,
)
from reconciler.kinds.deployment.vanished import StayAway
from reconciler.planning.action import FieldChange
from reconciler.providers.azure.listings import DeploymentRecord

Part = Callable[[Case], Step | None]


def next_step(case: Case, now: datetime) -> Step:
    step = serving_step(case) or leaving_step(case, now) or Keep()
    # A person has to decide; until then what is called has to stay, and nothing else that is due.
    meanwhile = call_due(case) or _retirement(case, now) if is_for_a_person(step) else None
    return meanwhile or step


def is_for_a_person(step: Step | None) -> bool:
    return isinstance(step, Leave | LeaveOff | Rejected)


def call_due(case: Case) -> Call | None:
    """What time alone asks for, whatever else has to be done: the service deletes it otherwise."""
    record, life = case.answering, case.life
    if record is None or life is None or not is_to_be_called(case.goal.inactivity, life):
        return None
    end = life.expires_not_before if isinstance(life.use, Unknown) else life.expires_at
    return None if isinstance(end, Unknown) else Call(record.name, end - life.at)


def serving_step(case: Case) -> Step | None:
    """What has to be done so that calls are answered as declared."""
    return next((step for part in PARTS if (step := part(case))), None)


def leaving_step(case: Case, now: datetime) -> Drain | Retire | None:
    """What becomes of the versions that were there before."""
    if due := _retirement(case, now):
        return due
    return Drain(case.draining) if case.draining else None


def _retirement(case: Case, now: datetime) -> Retire | None:
    """What has drained, or never was called. As long as nothing else answers, it stays."""
    due = tuple(one.name for one in case.departures if one.is_due(now))
    return Retire(due, case.untried) if due and case.answering else None


def _stranger(case: Case) -> Step | None:
    """The name belongs to somebody else, which matters once it is needed."""
    if isinstance(case.absence, StayAway):
        return None
    theirs = (one for one in case.records if one not in case.mine)
    return Leave(case.name) if any(is_same_name(one.name, case.name) for one in theirs) else None


def _missing(case: Case) -> Step | None:
    if case.target:
        return None
    if isinstance(case.absence, StayAway):
        return case.absence
    beside = case.current
    return Make(
        case.name,
        beside=beside.name if beside else "",
        changes=_moves(case, beside) if beside else (),
        instead_of=case.untried,
        cause=case.absence,
    )


def _moves(case: Case, before: DeploymentRecord) -> tuple[FieldChange, ...]:
    """What is another thing to those who call when calls are sent to another version."""
    return (
        FieldChange("deployment", before.name, case.name),
        FieldChange("model", weights(before), case.served.weights),
        *_settings(case, before),
    )


def _provisioning(case: Case) -> Step | None:
    record = _targeted(case)
    said, is_served = record.provisioning, record == case.current
    if said.lower() in GIVEN_UP:
        beside = case.current.name if case.current and not is_served else ""
        moves = _moves(case, case.current) if case.current and not is_served else ()
        if case.served.is_behind(record):
            return Make(record.name, said, beside, moves)
        # The service refuses another model behind a name, also where the last one has failed.
        differs = FieldChange("model", weights(record), case.served.weights)
        shown = moves or (differs, *_settings(case, record))
        return Make(record.name, said, beside, shown, instead_of=(record.name,))
    if said.lower() in SWITCHED_OFF:
        return LeaveOff(said)
    # A version that is still being made is waited for when it is promoted.
    is_awaited = said.lower() in WORKING and (is_served or said.lower() == "deleting")
    return Await(said, _after(case)) if is_awaited else None


def _after(case: Case) -> Check | None:
    """The one step that may follow without a plan of its own."""
    record = _targeted(case)
    parts = (_rejection, _model, _pointer, _fields)
    is_else = record.provisioning.lower() == "deleting" or any(part(case) for part in parts)
    return None if is_else else _answers(case)


def _targeted(case: Case) -> DeploymentRecord:
    if case.target is None:
        raise AssertionError("a part before this one has spoken")
    return case.target


def _rejection(case: Case) -> Step | None:
    """These weights have failed these prompts; the settings of what serves may still change."""
    if not case.is_rejected:
        return None
    if case.current and (differing := _settings(case, case.current)):
        return Change(case.current.name, (*_mark(case, case.current), *differing))
    target, serving = _targeted(case), case.current
    apart = "" if target == serving else target.name
    return Rejected(case.served.weights, weights(serving) if serving else "", apart)


def _model(case: Case) -> Step | None:
    record = _targeted(case)
    if case.served.is_behind(record):
        return None
    differs = FieldChange("model", weights(record), case.served.weights)
    changed = (*_mark(case, record), differs, *_settings(case, record))
    return Swap(record.name, changed, case.untried)


def _pointer(case: Case) -> Step | None:
    record, before = _targeted(case), case.current
    if record == before:
        return None
    differing = _settings(case, record)
    shown = _moves(case, before) if before else differing
    return Promote(record.name, before.name if before else "", shown, differing)


def _fields(case: Case) -> Step | None:
    record = _targeted(case)
    differing = (*_mark(case, record), *_settings(case, record))
    return Change(record.name, differing, call_due(case)) if differing else None


def _mark(case: Case, record: DeploymentRecord) -> tuple[FieldChange, ...]:
    """The change of owner when a deployment is adopted."""
    project = case.goal.project
    if is_marked(record, project, case.goal.name):
        return ()
    before = record.tags.get(PROJECT)
    return (FieldChange("owner", before and f"project {before}", f"project {project}"),)


def _settings(case: Case, record: DeploymentRecord) -> tuple[FieldChange, ...]:
    return changes(settings(record, case.goal.sku), case.goal.settings)


def _answers(case: Case) -> Check | None:
    record = _targeted(case)
    is_new = case.goal.probe and record.tags.get(CALLED) == NEVER
    is_known = not case.verdict or record.tags.get(VERIFY) == case.passed
    return Check(record.name, is_new) if is_new or not is_known else None


def _idleness(case: Case) -> Step | None:
    """It sleeps before its settings are changed, not while its model is, nor before it is ours."""
    if case.life is None or case.is_protected or _mark(case, _targeted(case)):
        return None
    since, rule = case.life.idle_since, case.goal.inactivity
    is_due = hibernates(rule, case.life, case.trained_at, case.drained_at)
    return Hibernate(case.life.at - since) if is_due and not isinstance(since, Unknown) else None


PARTS: tuple[Part, ...] = (
    _stranger,
    _missing,
    _provisioning,
    _rejection,
    _model,
    _pointer,
    _idleness,
    _fields,
    _answers,
    call_due,
)
