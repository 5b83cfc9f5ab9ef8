"""What comes next for a deployment, as values: decided here, told by `decide`, done by `remote`.

The first part of a decision that has something to say is the step. A part looks at one thing: is
it there, is it ours, has the service finished, does it serve the right model, are its settings as
declared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.kinds.changes import changes
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.serving import Served, served
from reconciler.kinds.deployment.state import (
    PROJECT,
    DeploymentState,
    settings,
    weights,
)
from reconciler.planning.action import FieldChange
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
class Make:
    """Make what is not there."""


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
class Keep:
    """As declared."""


Step = Make | Leave | Await | MakeAgain | LeaveOff | Swap | Change | Keep


@dataclass(frozen=True)
class Case:
    """A deployment as it should be, and as it is; the parts of a decision look at it."""

    goal: DeploymentGoal
    served: Served
    state: DeploymentState

    @property
    def record(self) -> DeploymentRecord:
        return self.state.record


Part = Callable[[Case], Step | None]


def next_step(
    wanted: Wanted, state: DeploymentState | None, needs: Mapping[Address, Standing]
) -> Step:
    if state is None:
        return Make()
    case = Case(wanted.goal, served(wanted.goal, needs), state)
    return next((step for part in PARTS if (step := part(case))), Keep())


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


PARTS: tuple[Part, ...] = (_ownership, _provisioning, _model, _fields)
