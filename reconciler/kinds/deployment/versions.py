"""Which of the deployments behind one name has the pointer, and which are on their way out.

There is no state file: the pointer is a tag. Every version carries the name; the one that was
promoted last, by the time in its tag, is the one that calls should go to. Without any promotion it
is the deployment that has the plain name, as it is with `update: auto`.

A version that lost the pointer goes on answering for a while (`drain`), counted from the promotion
of the one that came after it. One that was never promoted was never called, and just goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.serving import Served
from reconciler.kinds.deployment.state import (
    NAME,
    PROMOTED,
    DeploymentState,
    is_marked,
    is_same_name,
)
from reconciler.planning.fingerprint import SHORT
from reconciler.providers.azure.listings import DeploymentRecord

LONGEST_NAME = 64  # of a deployment on the service
TICK = timedelta(microseconds=1)


def version_name(goal: DeploymentGoal, behind: Served) -> str:
    """What a version is called on the service; the moment of its training counts, too."""
    digits = behind.digits
    if behind.checkpoint:
        digits = hashlib.sha256(behind.weights.encode()).hexdigest()[:SHORT]
    return f"{goal.name}-{digits}"


def is_mine(record: DeploymentRecord, goal: DeploymentGoal) -> bool:
    """Whether it may be touched for this deployment."""
    is_adopted = goal.may_adopt and is_same_name(record.name, goal.name)
    return is_adopted or is_marked(record, goal.project, goal.name)


def promoted_at(record: DeploymentRecord) -> datetime | None:
    """When it got the pointer; None if never, and where somebody has spoilt the tag."""
    try:
        moment = datetime.fromisoformat(record.tags.get(PROMOTED, ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def promotions(records: Iterable[DeploymentRecord]) -> list[datetime]:
    return sorted(at for one in records if (at := promoted_at(one)))


def next_promotion(records: Iterable[DeploymentRecord], now: datetime) -> datetime:
    """A moment for the next promotion: later than the last, whatever this machine's clock says."""
    earlier = promotions(records)
    return max(now, earlier[-1] + TICK) if earlier else now


def current(records: Iterable[DeploymentRecord], name: str) -> DeploymentRecord | None:
    """The one that calls should go to."""
    listed = list(records)
    promoted = [one for one in listed if promoted_at(one)]
    if promoted:
        return max(promoted, key=lambda one: promoted_at(one) or datetime.min.replace(tzinfo=UTC))
    return next((one for one in listed if is_same_name(one.name, name)), None)


def arranged(goal: DeploymentGoal, records: Iterable[DeploymentRecord]) -> DeploymentState | None:
    """What is there of a deployment: the one with the pointer first, or else what will have it.

    A stranger counts only where it has the plain name, and that is needed.
    """
    listed = sorted(records, key=lambda one: one.name)
    mine = [one for one in listed if is_mine(one, goal)]
    is_plain_needed = goal.update != "versioned"
    taken = [one for one in listed if is_plain_needed and is_same_name(one.name, goal.name)]
    first = current(mine, goal.name) or next(iter([*mine, *taken]), None)
    if first is None:
        return None
    return DeploymentState(first, tuple(one for one in listed if one is not first))


@dataclass(frozen=True)
class Leaving:
    """A version that has no pointer any more, or never had it. None: it may go at once."""

    name: str
    until: datetime | None

    def is_due(self, now: datetime) -> bool:
        return self.until is None or self.until <= now


def leaving(
    record: DeploymentRecord, mine: Iterable[DeploymentRecord], drain: timedelta
) -> Leaving:
    """When a version goes that is not the current one."""
    since = promoted_at(record)
    is_plain = is_same_name(record.name, record.tags.get(NAME, record.name))
    if since is None and not is_plain:
        return Leaving(record.name, None)
    later = [at for at in promotions(mine) if since is None or at > since]
    lost = later[0] if later else since
    return Leaving(record.name, lost + drain if lost else None)
