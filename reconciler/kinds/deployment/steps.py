"""What may come next for a deployment, as values, which are chosen, told and carried out elsewhere.

Nearly always there is one deployment, and it has the plain name. With `update: versioned` each
version has a name of its own, and the steps are: make the new one, promote it, let the old one
drain, retire that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.kinds.deployment.state import is_same_name
from reconciler.kinds.deployment.vanished import Again, StayAway
from reconciler.planning.action import FieldChange

# What is not as the service would leave it. Anything else has settled and can be compared.
# In lower case. Source: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01; paused:
# 2026-03-01.
WORKING = frozenset({"accepted", "creating", "moving", "updating", "deleting"})
GIVEN_UP = frozenset({"failed", "canceled"})
SWITCHED_OFF = frozenset({"disabled", "paused"})


def is_paused(provisioning: str) -> bool:
    return provisioning.lower() == "paused"


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
        return not self.beside and is_same_name(self.name, plain)


@dataclass(frozen=True)
class Leave:
    """Somebody else has the name: it is left alone."""

    name: str


@dataclass(frozen=True)
class Await:
    """The service is still at work on it."""

    said: str
    followed_by: Check | None = None  # the next step, only told here


@dataclass(frozen=True)
class LeaveOff:
    """The service or somebody has switched it off, and only a person knows why."""

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
    followed_by: Call | None = None  # the next step, only told here: what time alone asks for


@dataclass(frozen=True)
class Check:
    """Hear whether it answers as expected; nobody has, since it serves this model."""

    name: str
    is_new: bool = False  # it has not been called at all since then


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
    """Older versions go on answering, each until a moment of its own. The next to go is first."""

    ends: tuple[tuple[datetime, str], ...]


@dataclass(frozen=True)
class Retire:
    """Older versions have answered for long enough, or never did."""

    names: tuple[str, ...]
    untried: tuple[str, ...] = ()  # those of them that never had the pointer


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
