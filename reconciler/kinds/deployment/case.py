"""A deployment as it should be and as it is: what every part of a decision looks at. Pure.

A name changes only together with the model, also where `update` was changed: so there are never two
deployments of one version, which the service may refuse.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.kinds.deployment.expectation import mark
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.lifetime import Life
from reconciler.kinds.deployment.pointer import NOT_YET
from reconciler.kinds.deployment.serving import Served, served
from reconciler.kinds.deployment.state import (
    VERIFY,
    DeploymentState,
    Neighbour,
    is_protected,
    is_same_name,
)
from reconciler.kinds.deployment.vanished import Again, Missing, StayAway, absent
from reconciler.kinds.deployment.versions import (
    Leaving,
    current,
    is_mine,
    leaving,
    promoted_at,
    version_name,
)
from reconciler.planning.action import ReasonCode
from reconciler.planning.address import Address
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Standing
from reconciler.providers.azure.listings import DeploymentRecord


@dataclass(frozen=True)
class Case:
    """A deployment as it should be, and everything that is there of it."""

    goal: DeploymentGoal
    served: Served
    records: tuple[DeploymentRecord, ...] = ()
    life: Life | None = None  # of the one that calls go to
    trained_at: datetime | None = None  # when its model was; None where nobody knows
    absence: Again | StayAway = field(default_factory=Again)  # what follows where it is not there
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def is_protected(self) -> bool:
        return self.goal.is_protected or any(is_protected(one) for one in self.mine)

    @property
    def mine(self) -> tuple[DeploymentRecord, ...]:
        return tuple(one for one in self.records if is_mine(one, self.goal))

    @property
    def current(self) -> DeploymentRecord | None:
        """The one that calls go to."""
        return current(self.mine, self.goal.name)

    @property
    def answering(self) -> DeploymentRecord | None:
        """The same, if it answers already, and still."""
        record = self.current
        return record if record and record.provisioning.lower() not in NOT_YET else None

    @property
    def target(self) -> DeploymentRecord | None:
        """The one that calls should go to, if it is there: it serves what it should, or will."""
        serving = [one for one in self.mine if self._serves(one)]
        if self.current in serving:
            return self.current
        if self._is_in_place:  # what has been called before may be again; what has not, goes
            serving = [one for one in serving if promoted_at(one)]
        named = [one for one in self.mine if is_same_name(one.name, self._new_name)]
        return next(iter([*serving, *named]), None)

    @property
    def name(self) -> str:
        """What the target is called, or will be."""
        return self.target.name if self.target else self._new_name

    @property
    def _new_name(self) -> str:
        is_versioned = self.goal.update == "versioned" or self._is_plain_name_draining
        return version_name(self.goal, self.served) if is_versioned else self.goal.name

    @property
    def _is_plain_name_draining(self) -> bool:
        """Whether it goes on answering under the plain name while calls should go elsewhere."""
        return any(
            leaving(one, self.mine, self.goal.drain).until is not None
            for one in self.mine
            if one != self.current and is_same_name(one.name, self.goal.name)
        )

    @property
    def _is_in_place(self) -> bool:
        """Whether the model changes under the plain name."""
        is_plain = self.current is None or is_same_name(self.current.name, self.goal.name)
        return self.goal.update != "versioned" and is_plain

    def _serves(self, record: DeploymentRecord) -> bool:
        return self.served.is_behind(record) and record.provisioning.lower() != "deleting"

    @property
    def aside(self) -> tuple[DeploymentRecord, ...]:
        """Versions that neither have the pointer nor will get it."""
        used = (self.current, self.target)
        return tuple(one for one in self.mine if one not in used)

    @property
    def untried(self) -> tuple[str, ...]:
        """Those of them that never had it."""
        return tuple(one.name for one in self.departures if one.until is None)

    @property
    def departures(self) -> tuple[Leaving, ...]:
        return tuple(leaving(one, self.mine, self.goal.drain) for one in self.aside)

    @property
    def draining(self) -> tuple[tuple[datetime, str], ...]:
        """Until when which version goes on answering; the next to go is first."""
        return tuple(sorted((one.until, one.name) for one in self.departures if one.until))

    @property
    def drained_at(self) -> datetime | None:
        """When the last of them has."""
        return self.draining[-1][0] if self.draining else None

    @property
    def verdict(self) -> str:
        """The mark of these weights and what they have to answer; empty without `verify`."""
        return mark(self.served.weights, self.goal.verify) if self.goal.verify else ""

    @property
    def passed(self) -> str:
        """The tag of what has answered so."""
        return f"passed:{self.verdict}"

    @property
    def failed(self) -> str:
        """The tag of what has not."""
        return f"failed:{self.verdict}"

    @property
    def is_rejected(self) -> bool:
        """Whether these weights have failed these prompts."""
        known = [one for one in (self.target, self.current) if one and self.verdict]
        return any(one.tags.get(VERIFY) == self.failed for one in known)


def case_of(
    goal: DeploymentGoal,
    state: DeploymentState | Missing | None,
    needs: Mapping[Address, Standing],
    policy: Policy | None = None,
) -> Case:
    model = needs.get(goal.model_at)
    case = Case(
        goal,
        served(goal, needs),
        trained_at=model.since if model else None,
        neighbours=state.neighbours if state else (),
    )
    if isinstance(state, DeploymentState):
        return replace(case, records=state.records, life=state.life)
    awake = policy.awake if policy else frozenset()
    why = absence(goal, state, needs, awake)
    return replace(case, records=state.strangers if state else (), absence=why)


def absence(
    goal: DeploymentGoal,
    state: Missing | None,
    needs: Mapping[Address, Standing],
    awake: Collection[str] = (),
) -> Again | StayAway:
    """What to do about one that is not there: before its model is, nothing can have been."""
    account, model = needs.get(Address("account", goal.account)), needs.get(goal.model_at)
    if account and not account.is_ready:
        return Again(ReasonCode.ABSENT, "the account itself cannot be seen")
    if state is None or model is None or not model.is_ready:
        return Again()
    found = absent(goal, state, model.since)
    is_asked_for = isinstance(found, StayAway) and goal.name in awake
    return Again(ReasonCode.WAKE, "asked for with ftctl wake") if is_asked_for else found
