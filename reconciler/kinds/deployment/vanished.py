"""Why a wanted deployment is not there, as far as the evidence goes, and whether to make it. Pure.

The service leaves no word about what it deletes. What tells of it are the calls that were counted
for its name, which are kept for 93 days, and when its model was trained: before that, there can
have been no deployment of it. ftctl calls each deployment once when it is made, so that one which
was there has left at least that trace.

| evidence                                    | reason code         | it is                        |
|---------------------------------------------|---------------------|------------------------------|
| account cannot be seen                      | `absent`            | made when that is back       |
| no calls since the model was trained        | `missing`           | made                         |
| last call within 15 days                    | `deleted_elsewhere` | made again                   |
| last call longer ago                        | `vanished_idle`     | up to `inactivity.then`      |
| last call longer ago than `hibernateAfter`  | `asleep`            | made by `ftctl wake`         |
|   (but nothing that is protected)           |                     |                              |
| Developer tier, calls since it was trained  | `expired`           | up to `renew`                |

Where the evidence is silent, what may be away stays away if it could have been there, because it
would cost money, and everything else is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.inactivity import Inactivity
from reconciler.kinds.deployment.lifetime import (
    DEVELOPER_LIFETIME,
    IDLE_LIMIT,
    Unknown,
    is_developer,
)
from reconciler.planning.action import ReasonCode
from reconciler.planning.kind import Absence
from reconciler.planning.spans import duration
from reconciler.providers.azure.listings import DeploymentRecord


@dataclass(frozen=True)
class Trace:
    """The calls to a name that the service still tells of."""

    since: datetime  # nothing older is told
    last: datetime | None  # the end of the last interval with calls
    quiet: datetime | None  # the same for calls that are sure to count
    grain: timedelta  # the length of an interval


@dataclass(frozen=True)
class Missing(Absence):
    """A wanted deployment that is not there."""

    at: datetime
    trace: Trace | Unknown
    strangers: tuple[DeploymentRecord, ...] = ()  # with names that a version of it may need


@dataclass(frozen=True)
class Again:
    """Make it, or make it again."""

    code: ReasonCode = ReasonCode.MISSING
    why: str = ""


@dataclass(frozen=True)
class StayAway:
    """Leave it away: that is fine, or a person has to decide."""

    code: ReasonCode
    why: str


@dataclass(frozen=True)
class Gone:
    """A case: what is wanted, what is left of it, and since when its model is there."""

    goal: DeploymentGoal
    at: datetime
    trained_at: datetime | None  # None: nobody knows

    @property
    def is_developer(self) -> bool:
        return is_developer(self.goal.sku)

    @property
    def rule(self) -> Inactivity:
        """What is protected does not hibernate, so ftctl cannot have deleted it."""
        rule = self.goal.inactivity
        return rule.model_copy(update={"hibernate_after": None}) if self.goal.is_protected else rule

    def not_before(self, moment: datetime) -> datetime:
        """That moment, or when its model was trained: before that, there was nothing to call."""
        return max(moment, self.trained_at or moment)

    def could_be_older_than(self, span: timedelta) -> bool:
        return self.trained_at is None or self.trained_at + span <= self.at


def absent(goal: DeploymentGoal, missing: Missing, trained_at: datetime | None) -> Again | StayAway:
    """What to do about a deployment that is not there although its model is."""
    gone = Gone(goal, missing.at, trained_at)
    match missing.trace:
        case Unknown() as unknown:
            return _untold(gone, unknown)
        case Trace(last=None) as trace:
            return _traceless(gone, trace)
        case Trace(last=last) as trace:
            if last and trained_at and last < trained_at:
                return Again()  # an earlier model was called under this name, not this one
            return _expired(gone) if gone.is_developer else _left(gone, trace)


def _untold(gone: Gone, unknown: Unknown) -> Again | StayAway:
    """Nobody here can read the calls."""
    limit = DEVELOPER_LIFETIME if gone.is_developer else IDLE_LIMIT
    if not gone.could_be_older_than(limit):
        return Again()
    hint = f" ({unknown.hint})" if unknown.hint else ""
    why = f"whether it was there before is not known: {unknown.why}{hint}"
    return _stays_if_fine(gone, why)


def _traceless(gone: Gone, trace: Trace) -> Again | StayAway:
    """It has left no call. It was there all the same if it has slept for longer than that."""
    if gone.trained_at and gone.trained_at >= trace.since:
        return Again()
    days = (gone.at - trace.since).days
    age = "is" if gone.trained_at else "may be"
    return _stays_if_fine(gone, f"no call to it in {days} days, and its model {age} older")


def _stays_if_fine(gone: Gone, why: str) -> Again | StayAway:
    if gone.rule.is_absence_fine and not gone.is_developer:
        return StayAway(ReasonCode.ASLEEP, f"it sleeps, or was never made: {why}; {_wake(gone)}")
    return Again(why=why)


def _expired(gone: Gone) -> Again | StayAway:
    if not gone.could_be_older_than(DEVELOPER_LIFETIME):
        return Again(
            ReasonCode.DELETED_ELSEWHERE, "somebody deleted it before its 24 hours were up"
        )
    why = "the service deleted it when its 24 hours were up"
    if gone.goal.renew:
        return Again(ReasonCode.EXPIRED, f"{why}, and renew is true")
    return StayAway(ReasonCode.EXPIRED, f"{why}; {_wake(gone)}")


def _left(gone: Gone, trace: Trace) -> Again | StayAway:
    """It was called, and is not there any more."""
    last = trace.last or trace.since
    rule = gone.rule
    if rule.hibernate_after is not None and last + rule.hibernate_after <= gone.at:
        why = f"it sleeps, not called since {_day(gone.not_before(last - trace.grain))}"
        return StayAway(ReasonCode.ASLEEP, f"{why}; {_wake(gone)}")
    quiet = gone.not_before(trace.quiet - trace.grain if trace.quiet else trace.since)
    if quiet + IDLE_LIMIT > gone.at:
        why = f"somebody deleted it: {_ago(gone, last)}, and the service waits 15 days"
        return Again(ReasonCode.DELETED_ELSEWHERE, why)
    why = f"the service deleted it, not called since {_day(quiet)}"
    if rule.is_absence_fine:
        return StayAway(ReasonCode.ASLEEP, f"{why}; {_wake(gone)}")
    if rule.then == "warn":
        ways = f"{_wake(gone)}, or any apply with inactivity: {{then: redeploy}}"
        return StayAway(ReasonCode.VANISHED_IDLE, f"{why}; {ways}")
    return Again(ReasonCode.VANISHED_IDLE, why)


def _wake(gone: Gone) -> str:
    return f"ftctl wake {gone.goal.name} brings it back"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _ago(gone: Gone, last: datetime) -> str:
    return f"it was called {duration(gone.at - last)} ago"
