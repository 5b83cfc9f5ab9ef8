"""What comes next for a deployment, as values: decided here, told by `decide`, done by `remote`.

The first part of a decision that has something to say is the step. A part looks at one thing: is
it there, is it ours, has the service finished, does it serve the right model, are its settings as
declared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.kinds.changes import changes
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.inactivity import hibernates, is_to_be_called
from reconciler.kinds.deployment.lifetime import Unknown
from reconciler.kinds.deployment.serving import Served, served
from reconciler.kinds.deployment.state import (
    PROJECT,
    DeploymentState,
    settings,
    weights,
)
from reconciler.kinds.deployment.vanished import Make, Missing, StayAway, absent
from reconciler.planning.action import FieldChange, ReasonCode
from reconciler.planning.address import Address
from reconciler.planning.kind import Wanted
from reconciler.planning.standing import Standing
from reconciler.providers.azure.listings import DeploymentRecord

# What is not as the service would leave it. Anything else has settled and can be compared.
# In lower case. Source: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
WORKING = frozenset({"accepted", "creating", "moving", "updating", "deleting"})
GIVEN_UP = frozenset({"failed", "canceled"})
SWITCHED_OFF = frozenset({"disabled"})


@dataclass(frozen=True)
class Leave:
    """Somebody else's: it is left alone."""


@dataclass(frozen=True)
class Await:
    """The service is still at work on it."""

    provisioning: str


@dataclass(frozen=True)
class MakeAgain:
    """The service has given up on the last attempt."""

    provisioning: str


@dataclass(frozen=True)
class LeaveOff:
    """The service has switched it off, and only a person knows why."""

    provisioning: str


@dataclass(frozen=True)
class Swap:
    """Put another model behind the name."""

    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Change:
    """Change its settings; the model stays."""

    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Hibernate:
    """Delete what nobody has called for so long."""

    idle: timedelta


@dataclass(frozen=True)
class Call:
    """Call it once, because the service deletes it otherwise, after this time at the earliest."""

    left: timedelta


@dataclass(frozen=True)
class Keep:
    """As declared."""


Step = (
    Make | StayAway | Leave | Await | MakeAgain | LeaveOff | Swap | Hibernate | Change | Call | Keep
)


@dataclass(frozen=True)
class Case:
    """A deployment as it should be, and as it is; the parts of a decision look at it."""

    goal: DeploymentGoal
    served: Served
    state: DeploymentState
    trained_at: datetime | None = None  # when its model was; None where nobody knows

    @property
    def record(self) -> DeploymentRecord:
        return self.state.record


Part = Callable[[Case], Step | None]


def next_step(
    wanted: Wanted, state: DeploymentState | Missing | None, needs: Mapping[Address, Standing]
) -> Step:
    goal: DeploymentGoal = wanted.goal
    if not isinstance(state, DeploymentState):
        return absence(goal, state, needs)
    model = needs.get(goal.model_at)
    case = Case(goal, served(goal, needs), state, model.since if model else None)
    return next((step for part in PARTS if (step := part(case))), Keep())


def absence(
    goal: DeploymentGoal, state: Missing | None, needs: Mapping[Address, Standing]
) -> Make | StayAway:
    """What to do about one that is not there: before its model is, nothing can have been."""
    account = needs.get(Address("account", goal.account))
    if account and not account.is_ready:
        return Make(ReasonCode.ABSENT, "the account itself cannot be seen")
    model = needs.get(goal.model_at)
    if state is None or model is None or not model.is_ready:
        return Make()
    return absent(goal, state, model.since)


def _ownership(case: Case) -> Step | None:
    return None if may_touch(case.goal, case.state) else Leave()


def may_touch(goal: DeploymentGoal, state: DeploymentState) -> bool:
    return goal.may_adopt or state.is_of(goal.project)


def _provisioning(case: Case) -> Step | None:
    said = case.record.provisioning
    if said.lower() in WORKING:
        return Await(said)
    if said.lower() in GIVEN_UP:
        return MakeAgain(said)
    return LeaveOff(said) if said.lower() in SWITCHED_OFF else None


def _model(case: Case) -> Step | None:
    differs = tuple(another_model(case))
    return Swap((*_mark(case), *differs, *_settings(case))) if differs else None


def another_model(case: Case) -> list[FieldChange]:
    """The change of model, where another one is served than should be."""
    if case.served.is_behind(case.record):
        return []
    return [FieldChange("model", weights(case.record), case.served.weights)]


def _fields(case: Case) -> Step | None:
    differing = (*_mark(case), *_settings(case))
    return Change(differing) if differing else None


def _mark(case: Case) -> tuple[FieldChange, ...]:
    """The change of owner when a deployment is adopted."""
    if case.state.is_of(case.goal.project):
        return ()
    before = case.record.tags.get(PROJECT)
    return (FieldChange("owner", before and f"project {before}", f"project {case.goal.project}"),)


def _settings(case: Case) -> tuple[FieldChange, ...]:
    return changes(settings(case.record), case.goal.settings)


def _idleness(case: Case) -> Step | None:
    """It sleeps before its settings are changed, and not while its model is."""
    life, rule = case.state.life, case.goal.inactivity
    if life is None or case.goal.is_protected or case.state.is_protected:
        return None
    since = life.idle_since
    if isinstance(since, Unknown) or not hibernates(rule, life, case.trained_at):
        return None
    return Hibernate(life.at - since)


def _end(case: Case) -> Step | None:
    life = case.state.life
    if life is None or not is_to_be_called(case.goal.inactivity, life):
        return None
    end = life.expires_not_before if isinstance(life.use, Unknown) else life.expires_at
    return None if isinstance(end, Unknown) else Call(end - life.at)


PARTS: tuple[Part, ...] = (_ownership, _provisioning, _model, _idleness, _fields, _end)
