"""Whether a deployment is still what it was when it was decided what to do about it.

A run decides everything at one look, and then acts on one thing after the other; minutes may lie
between. So whoever writes looks once more. What was changed meanwhile is left to the next look,
which decides anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from reconciler.kinds.deployment.case import Case, case_of
from reconciler.kinds.deployment.choosing import next_step
from reconciler.kinds.deployment.state import DeploymentState, is_same_name, is_version_name
from reconciler.kinds.deployment.vanished import Missing
from reconciler.kinds.deployment.versions import arranged
from reconciler.planning.kind import Scene, Wanted
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.errors import Conflict

Seen = DeploymentState | Missing | None


def case_now(
    wanted: Wanted, seen: Seen, listed: Iterable[DeploymentRecord], scene: Scene, now: datetime
) -> Case:
    """The case as it is now. Raises Conflict where it asks for another step than the one seen."""
    records = [one for one in listed if is_about(one, wanted.goal.name)]
    there = arranged(wanted.goal, records)
    if there and isinstance(seen, DeploymentState):
        there = replace(there, life=seen.life, place=seen.place)
    before = case_of(wanted.goal, seen, scene.needs, scene.policy)
    is_gone = there is None and isinstance(seen, DeploymentState)
    missing = replace(seen, strangers=tuple(records)) if isinstance(seen, Missing) else None
    case = case_of(wanted.goal, there or missing, scene.needs, scene.policy)
    if is_gone or next_step(case, now) != next_step(before, now):
        raise _changed(wanted.goal.name)
    return case


def assert_unchanged(seen: DeploymentState, listed: Iterable[DeploymentRecord]) -> None:
    """Raises Conflict where what is to be deleted serves something else, or others, by now."""
    there = {one.name.lower(): one for one in listed}
    for one in seen.together:
        now = there.get(one.name.lower(), one)
        if (now.model, now.tags, now.created_at) != (one.model, one.tags, one.created_at):
            raise _changed(one.name)


def is_about(record: DeploymentRecord, name: str) -> bool:
    """Whether it has the name, or one that a version may need."""
    return is_same_name(record.name, name) or is_version_name(record.name, name)


def _changed(name: str) -> Conflict:
    return Conflict(
        f"deployment {name} was changed meanwhile.",
        code="ChangedMeanwhile",
        hint="Run the same command again: it looks anew.",
    )
