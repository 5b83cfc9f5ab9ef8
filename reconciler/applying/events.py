"""What happens during an apply, as values. Nothing here prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from reconciler.planning.action import Action, Deferred
from reconciler.planning.address import Address
from reconciler.planning.plan import Plan
from reconciler.providers.errors import ServiceError


@dataclass(frozen=True)
class Started:
    action: Action


@dataclass(frozen=True)
class Told:
    """Something about an action that is being carried out."""

    action: Action
    text: str


@dataclass(frozen=True)
class Done:
    action: Action
    took: timedelta


@dataclass(frozen=True)
class Failed:
    action: Action
    error: ServiceError
    is_final: bool  # whether this run gives up on it


@dataclass(frozen=True)
class Waiting:
    """Nothing to do for now; the service is working on these, and has no place for others."""

    actions: tuple[Action, ...]
    elapsed: timedelta
    in_line: tuple[Deferred, ...] = ()


@dataclass(frozen=True)
class Unanswered:
    """A look failed and will be repeated."""

    error: ServiceError


class Ending(StrEnum):
    """Why a run ended."""

    SETTLED = "settled"
    STILL_RUNNING = "still running"
    TIMED_OUT = "timed out"
    INTERRUPTED = "interrupted"
    STUCK = "stuck"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Finished:
    """Where a run left things."""

    ending: Ending
    plan: Plan
    done: tuple[Action, ...] = ()
    failed: Mapping[Address, ServiceError] = field(default_factory=dict)
    unapproved: tuple[Action, ...] = ()
    left: tuple[Action, ...] = ()  # deletes for the next run: they have no use only since this one
    held: tuple[Action, ...] = ()  # deletes for a later run: what may come in their place has not
    cause: ServiceError | None = None  # why the service could not be seen any more

    @property
    def running(self) -> tuple[Action, ...]:
        return tuple(one for one in self.plan.actions if one.verb == "wait")

    @property
    def stuck(self) -> tuple[Action, ...]:
        """What was stuck before; what failed in this run is told as that."""
        stuck = (one for one in self.plan.actions if one.is_stuck)
        return tuple(one for one in stuck if one.address not in self.failed)

    @property
    def blocked(self) -> Mapping[Address, tuple[Address, ...]]:
        """What could not be done because of something that failed, and because of what."""
        roots = {*self.failed, *(one.address for one in (*self.stuck, *self.unapproved))}
        found: dict[Address, tuple[Address, ...]] = {}
        for one in self.plan.deferred:
            causes = {
                cause
                for need in one.waits_for
                for cause in ((need,) if need in roots else found.get(need, ()))
            }
            if causes:
                found[one.address] = tuple(sorted(causes))
        return found


Event = Started | Told | Done | Failed | Waiting | Unanswered | Finished
