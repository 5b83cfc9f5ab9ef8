"""What a plan says of the 24 hours of a Developer tier deployment before they begin. Pure.

They count from when a deployment was made, and a change of it leaves that moment as it is.
Sources: Microsoft Learn, "Cost management for fine-tuning", 2026-03-19; "Deployment types",
2026-05-08. UNVERIFIED: what the service does about one that becomes DeveloperTier later. So a plan
says what may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.lifetime import DEVELOPER_LIFETIME, is_developer
from reconciler.kinds.deployment.steps import Change, Make, Promote, Step, Swap
from reconciler.planning.spans import duration

ENDS = "a DeveloperTier deployment ends 24 hours after it was made"


def notices(case: Case, step: Step, now: datetime) -> Iterator[str]:
    """For one that a step makes, and for one that it turns into DeveloperTier."""
    if not is_developer(case.goal.sku):
        return
    match step:
        case Make():
            yield f"{ENDS}, called or not; {_back(case.goal)}"
        case Swap() if case.goal.update == "replace":
            yield f"{ENDS}, called or not; {_back(case.goal)}"
        case Swap(name, changes) | Change(name, changes) | Promote(name, changes=changes):
            if any(one.field == "sku.name" for one in changes):
                yield f"{ENDS}, {_age(case, name, now)}; {_back(case.goal)}"
        case _:
            return


def _age(case: Case, name: str, now: datetime) -> str:
    """How much of its 24 hours has passed before it has any."""
    made = next((one.created_at for one in case.records if one.name == name), None)
    if made is None:
        return "and when this one was made is not known: the service may delete it at once"
    left = made + DEVELOPER_LIFETIME - now
    if left.total_seconds() <= 0:
        return (
            f"and this one was made {duration(now - made)} ago: the service may delete it at once"
        )
    return f"not after the change: the service may delete it in {duration(left)}"


def _back(goal: DeploymentGoal) -> str:
    if goal.renew:
        return "renew: true makes it again with the next apply"
    return f"ftctl wake {goal.name} brings it back, or any apply with renew: true"
