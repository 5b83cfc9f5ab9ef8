"""What a kind of resource is to the rest of the program: a record of plain functions.

A new kind is one folder under `reconciler/kinds/` that ends in one such record, and one line in
`reconciler/kinds/__init__.py`. The planner and the applier know kinds only through this record,
so the goal, the state and the session are opaque to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from reconciler.planning.action import Action, Decision
from reconciler.planning.address import Address
from reconciler.planning.asking import Ask
from reconciler.planning.policy import Policy
from reconciler.planning.queue import Queue
from reconciler.planning.standing import Standing
from reconciler.planning.supply import Supply


@dataclass(frozen=True)
class Reference:
    """A name in a spec that means another resource; `account` is where that one is needed."""

    path: tuple[str | int, ...]
    to: Address
    account: str = ""


@dataclass(frozen=True)
class Remark:
    """Something wrong, or worth a warning, at a place in a spec or in a file that it names."""

    path: tuple[str | int, ...]
    message: str
    hint: str = ""
    is_error: bool = True
    file: str = ""  # where it is not the manifest itself
    line: int = 0
    rule: str = ""


@dataclass(frozen=True)
class Written:
    """A validated spec, with what its kind may need to turn it into a goal."""

    address: Address
    spec: Any
    file: Path
    root: Path
    policy: Policy
    goals: Mapping[Address, Any]  # so far; those of the resources that it refers to are there
    is_estimate_enough: bool = False  # where exact figures would only cost time
    catalogue: Any = None  # what is known of the provider's models, prices and limits
    are_urls_checked: bool = False  # whether to fetch what data files name by URL


@dataclass(frozen=True)
class Resolved:
    """A goal, and what was noticed on the way to it. No goal where there was an error."""

    goal: Any
    remarks: tuple[Remark, ...] = ()
    spares: tuple[Address, ...] = ()  # what it refers to and need not wait for


@dataclass(frozen=True)
class Wanted:
    """One resource as it should be. The goal holds everything its kind needs to compare and act."""

    address: Address
    goal: Any
    needs: tuple[Address, ...] = ()
    accounts: tuple[str, ...] = ()  # where its users need it


@dataclass(frozen=True)
class Found:
    """Something on the service that no manifest wants, and whether it carries our mark.

    What is kept stays whatever the policy prunes. What has users goes only after all of them.
    """

    address: Address
    account: str
    is_ours: bool
    state: Any
    detail: str = ""
    is_kept: bool = False
    ids: frozenset[str] = frozenset()  # under which others use it, or it uses others
    users: frozenset[str] = frozenset()  # the ids of those who use it


class Absence:
    """A state that says: it is wanted and not there, and this is what is still known of it."""


@dataclass(frozen=True)
class Observation:
    """What one kind saw: the states of what is wanted, all else that is there, and limits.

    Actions name supplies and queues by their keys.
    """

    states: Mapping[Address, Any] = field(default_factory=dict)
    others: tuple[Found, ...] = ()
    supplies: Mapping[str, Supply] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What a decision may depend on besides the goal and the state."""

    now: datetime
    policy: Policy
    needs: Mapping[Address, Standing]


@dataclass(frozen=True)
class Scene:
    """What an action may use when it is carried out.

    One that takes many calls asks between them whether it `is_stopping`.
    """

    session: Any
    needs: Mapping[Address, Standing]
    policy: Policy
    tell: Callable[[str], None]
    now: Callable[[], datetime]
    returning: frozenset[str] = frozenset()  # supplies that this run gives back, which takes time
    is_stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Kind:
    """The functions of a kind, in the order in which a resource meets them."""

    name: str
    spec: type[BaseModel]
    references: Callable[[Any], tuple[Reference, ...]]
    resolve: Callable[[Written], Resolved]
    observe: Callable[[Iterable[Wanted], Any, Policy], Observation]
    describe: Callable[[Wanted, Any, Mapping[Address, Standing]], Standing]
    decide: Callable[[Wanted, Any, Context], Decision]
    retire: Callable[[Address, Any], Action]
    perform: Callable[[Action, Wanted | None, Any, Scene], None]
    asks: Callable[[Wanted], tuple[Ask, ...]] = lambda _wanted: ()

    @property
    def word(self) -> str:
        """The kind as addresses spell it."""
        return self.name.lower()
