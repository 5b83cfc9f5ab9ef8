"""The values a plan is made of: verbs, reasons, field changes, costs, actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from reconciler.planning.address import Address
from reconciler.planning.queue import Queue


class Verb(StrEnum):
    """What may be done about a resource. Only `train` spends on training."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    TRAIN = "train"
    WAIT = "wait"
    KEEP = "keep"


ACTIVE = frozenset({Verb.CREATE, Verb.UPDATE, Verb.REPLACE, Verb.DELETE, Verb.TRAIN})


class ReasonCode(StrEnum):
    """Why, as a closed list that scripts may branch on."""

    AS_WANTED = "as_wanted"
    NEW = "new"  # nothing on the service has ever carried its mark
    MISSING = "missing"  # not on the service, and making it again costs nothing lasting
    CHANGED = "changed"  # the manifest and the service differ
    PENDING = "pending"  # the service is working on it
    DRAINING = "draining"  # an older version goes on answering for a while
    DRAINED = "drained"  # an older version has answered for long enough
    TWIN = "twin"  # the same training was submitted more than once
    RETRY = "retry"  # the service failed it, and the manifest allows another attempt
    RETRAIN = "retrain"  # trained before, and training it again was asked for
    FAILED_LAST = "failed_last"  # the service failed the last attempt to make it
    UNWANTED = "unwanted"  # ours, and no manifest wants it any more
    DESTROY = "destroy"  # asked for by `ftctl destroy`
    IN_USE = "in_use"  # asked to go, and something that stays uses it
    LOST = "lost"  # trained before, and no usable model is left
    CANCELLED = "cancelled"  # someone cancelled the training
    FAILED_DATA = "failed_data"  # the service refused the training data
    FAILED_SAFETY_DATA = "failed_safety_data"  # the data failed the safety check
    FAILED_SAFETY_MODEL = "failed_safety_model"  # the trained model failed the safety check
    FAILED_SERVICE = "failed_service"  # the service failed, and no attempt is left
    FOREIGN = "foreign"  # something with this name exists that ftctl did not make
    ABSENT = "absent"  # an account that does not exist or cannot be seen
    DISABLED = "disabled"  # the service or somebody has switched it off
    INVALID = "invalid"  # the service refuses the uploaded file
    VANISHED_IDLE = "vanished_idle"  # the service deleted it, because nobody called it
    EXPIRED = "expired"  # the service deleted it, because its time was up
    DELETED_ELSEWHERE = "deleted_elsewhere"  # somebody deleted it while it was in use
    HIBERNATE = "hibernate"  # idle for so long that the manifest wants it deleted
    ASLEEP = "asleep"  # not there, and that is fine until somebody asks for it
    WAKE = "wake"  # asked for by `ftctl wake`
    KEEP_ALIVE = "keep_alive"  # the service would delete it soon, and one call prevents that
    STALLED = "stalled"  # the service has been at it for longer than it ever takes
    NOT_PROMOTED = "not_promoted"  # trained, and misses the gate that its manifest sets
    NO_BASE = "no_base"  # the version that it is to go on from is not on the service
    UNCHECKED = "unchecked"  # nobody has heard whether it answers, or answers as expected
    VERIFY_FAILED = "verify_failed"  # its answers are not what the manifest expects


# Nothing that ftctl may do on its own gets these any further; a person has to decide.
STUCK = frozenset(
    {
        ReasonCode.LOST,
        ReasonCode.CANCELLED,
        ReasonCode.FAILED_DATA,
        ReasonCode.FAILED_SAFETY_DATA,
        ReasonCode.FAILED_SAFETY_MODEL,
        ReasonCode.FAILED_SERVICE,
        ReasonCode.FOREIGN,
        ReasonCode.ABSENT,
        ReasonCode.DISABLED,
        ReasonCode.INVALID,
        ReasonCode.VANISHED_IDLE,
        ReasonCode.STALLED,
        ReasonCode.NOT_PROMOTED,
        ReasonCode.NO_BASE,
        ReasonCode.VERIFY_FAILED,
        ReasonCode.IN_USE,
    }
)
# Not there, and meant to be so for now.
AWAY = frozenset({ReasonCode.ASLEEP, ReasonCode.EXPIRED})


@dataclass(frozen=True)
class FieldChange:
    """One declared field whose value on the service is another."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Offer:
    """The same at another price: what it would cost at another tier. `how` where it is derived."""

    at: str
    training_low: Decimal
    training_high: Decimal
    how: str = ""


@dataclass(frozen=True)
class Cost:
    """US dollars. `None` where the price is not known; `basis` says how it was reckoned.

    `source` says where the figures in the basis come from; `offers` are cheaper.
    """

    training_low: Decimal | None = None
    training_high: Decimal | None = None
    hosting_per_month: Decimal | None = None
    is_more: bool = False  # than is hosted now, though something is there
    basis: str = ""
    source: str = ""
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Action:
    """What will be done about one resource, why, at what price, and where."""

    address: Address
    verb: Verb
    code: ReasonCode
    reason: str
    changes: tuple[FieldChange, ...] = ()
    cost: Cost | None = None
    lane: str = ""  # the account whose writes it takes part in; one lane does one thing at a time
    undo: str = ""  # how to get back, or why that cannot be
    is_protected: bool = False
    is_slow: bool = False  # a wait of hours, which --no-wait does not sit out
    takes: Mapping[str, int] = field(default_factory=dict)  # of which supply, how much
    queue: str = ""  # where it needs a place before it may be done
    priority: int = 0  # the highest gets its place first
    ids: frozenset[str] = frozenset()  # of a delete: what goes, as what it uses knows it
    users: frozenset[str] = frozenset()  # of a delete: the ids of those that have to go before

    @property
    def is_active(self) -> bool:
        return self.verb in ACTIVE

    @property
    def is_away(self) -> bool:
        return self.verb is Verb.KEEP and self.code in AWAY

    @property
    def is_stuck(self) -> bool:
        return self.verb is Verb.KEEP and self.code in STUCK


@dataclass(frozen=True)
class Deferred:
    """A resource that has to wait, and the action that it will then take.

    It waits for others, or for a place in a queue, or for both.
    """

    address: Address
    waits_for: tuple[Address, ...]
    then: Action
    queue: Queue | None = None  # as it stands when there is no place in it

    @property
    def is_in_line(self) -> bool:
        """Whether it waits for a place, and for nothing else."""
        return self.queue is not None and not self.waits_for


@dataclass(frozen=True)
class Notice:
    """Something a person should know that changes nothing by itself."""

    message: str
    address: Address | None = None


@dataclass(frozen=True)
class Decision:
    """What a kind decides about one resource."""

    action: Action
    notices: tuple[str, ...] = ()
    meanwhile: Action | None = None  # what cannot wait, where the action has to wait for others
