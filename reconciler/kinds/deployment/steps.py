"""What comes next for a deployment, as values: decided here, told by `decide`, done by `remote`.

The first part of a decision that has something to say is the step. A part looks at one thing: is
the name free, is it there, has the service finished, does it serve the right model, has it the
pointer, are its settings as declared, has it answered as expected.

Nearly always there is one deployment, and it has the plain name. With `update: versioned` each
version has a name of its own, and the steps are: make the new one, promote it, let the old one
drain, retire that. A name changes only together with the model, also where `update` was changed:
so there are never two deployments of one version, which the service may refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.kinds.changes import changes
from reconciler.kinds.deployment.expectation import mark
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.inactivity import hibernates, is_to_be_called
from reconciler.kinds.deployment.lifetime import Life, Unknown
from reconciler.kinds.deployment.serving import Served, served
from reconciler.kinds.deployment.state import (
    PROJECT,
    VERIFY,
    DeploymentState,
    is_marked,
    is_protected,
    settings,
    weights,
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
from reconciler.planning.action import FieldChange, ReasonCode
from reconciler.planning.address import Address
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Standing
from reconciler.providers.azure.listings import DeploymentRecord

# What is not as the service would leave it. Anything else has settled and can be compared.
# In lower case. Source: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
WORKING = frozenset({"accepted", "creating", "moving", "updating", "deleting"})
GIVEN_UP = frozenset({"failed", "canceled"})
SWITCHED_OFF = frozenset({"disabled"})
PASSED, FAILED = "passed", "failed"


@dataclass(frozen=True)
class Make:
    """Make what is not there, or what the service has given up on."""

    name: str
    said: str = ""  # the state in which the service left the last attempt
    beside: str = ""  # the one that serves meanwhile, under another name
    changes: tuple[FieldChange, ...] = ()
    instead_of: tuple[str, ...] = ()  # versions that never got the pointer; they go first
    cause: Again = field(default_factory=Again)  # why it is not there, as far as that is known

    def is_called_at_once(self, plain: str) -> bool:
        """Whether it has the pointer from the beginning: the plain name, and no other version."""
        return not self.beside and _same(self.name, plain)


@dataclass(frozen=True)
class Leave:
    """Somebody else has the name: it is left alone."""

    name: str


@dataclass(frozen=True)
class Await:
    """The service is still at work on it."""

    said: str


@dataclass(frozen=True)
class LeaveOff:
    """The service has switched it off, and only a person knows why."""

    said: str


@dataclass(frozen=True)
class Swap:
    """Put another model behind the name, in place."""

    name: str
    changes: tuple[FieldChange, ...]
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Change its settings; the model stays."""

    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Check:
    """Hear whether it answers as expected; nobody has, since it serves this model."""

    name: str


@dataclass(frozen=True)
class Rejected:
    """It did not answer as expected, and nothing has changed since."""

    weights: str
    serving: str  # the weights that are called all the same
    apart: str  # the name of the version that failed, where that is another than is called


@dataclass(frozen=True)
class Promote:
    """Send calls to another version, once that has its settings, and answers as expected."""

    name: str
    over: str  # the one that has the pointer; empty for the first of all
    changes: tuple[FieldChange, ...]
    settings: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Drain:
    """Older versions go on answering for a while."""

    names: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class Retire:
    """Older versions have answered for long enough, or never did."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Hibernate:
    """Delete what nobody has called for so long."""

    idle: timedelta


@dataclass(frozen=True)
class Call:
    """Call it once, because the service deletes it otherwise, after this time at the earliest."""

    name: str
    left: timedelta


@dataclass(frozen=True)
class Keep:
    """As declared."""


Step = (
    Make
    | StayAway
    | Leave
    | Await
    | LeaveOff
    | Swap
    | Change
    | Check
    | Rejected
    | Promote
    | Drain
    | Retire
    | Hibernate
    | Call
    | Keep
)


@dataclass(frozen=True)
class Case:
    """A deployment as it should be, and everything that is there of it."""

    goal: DeploymentGoal
    served: Served
    records: tuple[DeploymentRecord, ...]
    life: Life | None = None  # of the one that calls go to
    trained_at: datetime | None = None  # when its model was; None where nobody knows
    absence: Again | StayAway = field(default_factory=Again)  # what follows where it is not there

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
    def target(self) -> DeploymentRecord | None:
        """The one that calls should go to, if it is there: it serves what it should, or will."""
        serving = [one for one in self.mine if self._serves(one)]
        if self.current in serving:
            return self.current
        if self._is_in_place:  # what has been called before may be again; what has not, goes
            serving = [one for one in serving if promoted_at(one)]
        named = [one for one in self.mine if _same(one.name, self._new_name)]
        return next(iter([*serving, *named]), None)

    @property
    def name(self) -> str:
        """What the target is called, or will be."""
        return self.target.name if self.target else self._new_name

    @property
    def _new_name(self) -> str:
        is_versioned = self.goal.update == "versioned"
        return version_name(self.goal, self.served) if is_versioned else self.goal.name

    @property
    def _is_in_place(self) -> bool:
        """Whether the model changes under the plain name."""
        is_plain = self.current is None or _same(self.current.name, self.goal.name)
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
    def verdict(self) -> str:
        """The mark of these weights and what they have to answer; empty without `verify`."""
        return mark(self.served.weights, self.goal.verify) if self.goal.verify else ""


Part = Callable[[Case], Step | None]


def case_of(
    goal: DeploymentGoal,
    state: DeploymentState | Missing | None,
    needs: Mapping[Address, Standing],
    policy: Policy | None = None,
) -> Case:
    model = needs.get(goal.model_at)
    trained_at = model.since if model else None
    if isinstance(state, DeploymentState):
        return Case(goal, served(goal, needs), state.records, state.life, trained_at)
    awake = policy.awake if policy else frozenset()
    why = absence(goal, state, needs, awake)
    return Case(goal, served(goal, needs), (), trained_at=trained_at, absence=why)


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


def next_step(case: Case, now: datetime) -> Step:
    return serving_step(case) or leaving_step(case, now) or Keep()


def serving_step(case: Case) -> Step | None:
    """What has to be done so that calls are answered as declared."""
    return next((step for part in PARTS if (step := part(case))), None)


def leaving_step(case: Case, now: datetime) -> Drain | Retire | None:
    """What becomes of the versions that were there before."""
    going = case.departures
    if due := tuple(one.name for one in going if one.is_due(now)):
        return Retire(due)
    draining = [one for one in going if one.until]
    if not draining:
        return None
    return Drain(
        tuple(one.name for one in draining), min(one.until for one in draining if one.until)
    )


def _stranger(case: Case) -> Step | None:
    """The name belongs to somebody else."""
    theirs = (one for one in case.records if one not in case.mine)
    return Leave(case.name) if any(_same(one.name, case.name) for one in theirs) else None


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
    """The change of name and model when calls are sent to another version."""
    return (
        FieldChange("deployment", before.name, case.name),
        FieldChange("model", weights(before), case.served.weights),
    )


def _provisioning(case: Case) -> Step | None:
    record = _targeted(case)
    said, is_served = record.provisioning, record == case.current
    if said.lower() in GIVEN_UP:
        beside = case.current.name if case.current and not is_served else ""
        return Make(record.name, said, beside)
    if said.lower() in SWITCHED_OFF:
        return LeaveOff(said)
    # A version that is still being made is waited for when it is promoted.
    is_awaited = said.lower() in WORKING and (is_served or said.lower() == "deleting")
    return Await(said) if is_awaited else None


def _targeted(case: Case) -> DeploymentRecord:
    if case.target is None:
        raise AssertionError("a part before this one has spoken")
    return case.target


def _rejection(case: Case) -> Step | None:
    """These weights have failed these prompts; the settings of what serves may still change."""
    failed = f"{FAILED}:{case.verdict}"
    known = [one for one in (case.target, case.current) if one and case.verdict]
    if not any(one.tags.get(VERIFY) == failed for one in known):
        return None
    if case.current and (differing := _settings(case, case.current)):
        return Change(case.current.name, differing)
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
    moves = _moves(case, before) if before else ()
    return Promote(record.name, before.name if before else "", (*moves, *differing), differing)


def _fields(case: Case) -> Step | None:
    record = _targeted(case)
    differing = (*_mark(case, record), *_settings(case, record))
    return Change(record.name, differing) if differing else None


def _mark(case: Case, record: DeploymentRecord) -> tuple[FieldChange, ...]:
    """The change of owner when a deployment is adopted."""
    project = case.goal.project
    if is_marked(record, project, case.goal.name):
        return ()
    before = record.tags.get(PROJECT)
    return (FieldChange("owner", before and f"project {before}", f"project {project}"),)


def _settings(case: Case, record: DeploymentRecord) -> tuple[FieldChange, ...]:
    return changes(settings(record), case.goal.settings)


def _answers(case: Case) -> Step | None:
    record = _targeted(case)
    is_known = record.tags.get(VERIFY) == f"{PASSED}:{case.verdict}"
    return Check(record.name) if case.verdict and not is_known else None


def _idleness(case: Case) -> Step | None:
    """It sleeps before its settings are changed, and not while its model is."""
    if case.life is None or case.is_protected:
        return None
    since = case.life.idle_since
    is_due = hibernates(case.goal.inactivity, case.life, case.trained_at)
    return Hibernate(case.life.at - since) if is_due and not isinstance(since, Unknown) else None


def _end(case: Case) -> Step | None:
    life = case.life
    if life is None or not is_to_be_called(case.goal.inactivity, life):
        return None
    end = life.expires_not_before if isinstance(life.use, Unknown) else life.expires_at
    return None if isinstance(end, Unknown) else Call(_targeted(case).name, end - life.at)


def _same(one: str, other: str) -> bool:
    """Whether two names are the same to the service."""
    return one.lower() == other.lower()


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
    _end,
)
