"""Gathers what tells of the life of deployments: their calls, asked for only where it matters.

Reading the calls of an account takes one query, which young deployments can do without: whatever
was called when, nothing is due before the first deadline of their manifest. A second, longer look
is for what is missing and has left no call in the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.inactivity import Inactivity
from reconciler.kinds.deployment.lifetime import (
    NO_DATE,
    NOT_ASKED,
    Life,
    Unknown,
    is_developer,
    last_of,
    use_of,
)
from reconciler.kinds.deployment.state import (
    CALLED,
    DeploymentState,
    Neighbour,
    is_same_name,
    is_version_name,
)
from reconciler.kinds.deployment.steps import is_paused
from reconciler.kinds.deployment.trained import Trained
from reconciler.kinds.deployment.vanished import Missing, Trace
from reconciler.planning.address import Address
from reconciler.providers.azure.activity import (
    DELAY,
    Activity,
    Calls,
    Unseen,
    read_long,
    read_recent,
)
from reconciler.providers.azure.catalogue import Catalogue
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.azure.prices import hosting_price
from reconciler.providers.session import Connection, Session

Seen = Activity | Unseen
TOO_SOON = Unknown("its model was trained a moment ago")


@dataclass(frozen=True)
class Look:
    """One wanted deployment, and what is there of it."""

    address: Address
    goal: DeploymentGoal
    state: DeploymentState | None
    catalogue: Catalogue
    strangers: tuple[DeploymentRecord, ...] = ()  # where there is no state of it
    neighbours: tuple[Neighbour, ...] = ()

    def is_about(self, name: str) -> bool:
        """Whether calls to a name were calls to it, or to a version of it."""
        if any(is_same_name(name, one.name) for one in self.strangers):
            return False
        return is_same_name(name, self.goal.name) or is_version_name(name, self.goal.name)


def states(found: Iterable[Look], session: Session) -> dict[Address, DeploymentState | Missing]:
    """The states of wanted deployments, with the life that they have or had."""
    looks, trained = list(found), Trained(session)
    curious = frozenset(one.goal.account for one in looks if _matters(one, trained, session.at))
    recent = calls(session, curious)
    untold = [one for one in looks if _is_untold(one, recent.get(one.goal.account), trained)]
    earlier = _earlier_calls(session, frozenset(one.goal.account for one in untold))
    return {
        one.address: _state(one, recent.get(one.goal.account), earlier, session.at) for one in looks
    }


def calls(session: Session, accounts: frozenset[str]) -> Mapping[str, Seen | None]:
    """The recent calls of these accounts; None for those that nobody asked about."""
    at = session.at

    def read(connection: Connection) -> Seen | None:
        return read_recent(connection, at) if connection.place.name in accounts else None

    return session.survey(f"calls of {sorted(accounts)}", read) if accounts else {}


def _earlier_calls(session: Session, accounts: frozenset[str]) -> Mapping[str, Seen | None]:
    at = session.at

    def read(connection: Connection) -> Seen | None:
        return read_long(connection, at) if connection.place.name in accounts else None

    return session.survey(f"earlier calls of {sorted(accounts)}", read) if accounts else {}


def _matters(one: Look, trained: Trained, at: datetime) -> bool:
    """Whether anything depends on its calls now."""
    if one.state is not None:
        return _is_old_enough(one.state.record, one.goal.inactivity, at)
    has_model, trained_at = trained.model_of(one.goal)
    return has_model and (trained_at is None or trained_at + DELAY <= at)


def _is_old_enough(record: DeploymentRecord, rule: Inactivity, at: datetime) -> bool:
    if is_developer(record.sku):
        return False
    return record.created_at is None or at - record.created_at >= rule.acts_from


def _is_untold(one: Look, seen: Seen | None, trained: Trained) -> bool:
    """Whether it is missing, and only older calls can tell whether it ever was there."""
    if one.state is not None or not isinstance(seen, Activity):
        return False
    if last_of(_calls_to(one, seen)) is not None:
        return False
    _has_model, trained_at = trained.model_of(one.goal)
    return trained_at is None or trained_at < seen.since


def _state(
    one: Look, recent: Seen | None, earlier: Mapping[str, Seen | None], at: datetime
) -> DeploymentState | Missing:
    if one.state is not None:
        lived = life(one.state.record, recent, at, one.catalogue)
        return replace(one.state, life=lived, neighbours=one.neighbours)
    trace = _trace(one, recent, earlier.get(one.goal.account))
    return Missing(at, trace, one.strangers, one.neighbours)


def life(record: DeploymentRecord, seen: Seen | None, at: datetime, catalogue: Catalogue) -> Life:
    """What is known of a deployment that is there."""
    created_at = record.created_at or NO_DATE
    use = NOT_ASKED if seen is None else use_of(record.name, created_at, seen, at)
    price = hosting_price(catalogue, record.sku)
    kept_at = _moment(record.tags.get(CALLED, ""))
    hourly = price.most if price else None
    return Life(at, record.sku, created_at, use, kept_at, hourly, is_paused(record.provisioning))


def _moment(stamp: str) -> datetime | None:
    """Our own mark; somebody may have written something else there."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _trace(one: Look, recent: Seen | None, earlier: Seen | None) -> Trace | Unknown:
    if recent is None:
        return TOO_SOON
    if isinstance(recent, Unseen):
        return Unknown(recent.why, recent.hint)
    is_recent = last_of(_calls_to(one, recent)) is not None
    found = recent if is_recent or not isinstance(earlier, Activity) else earlier
    called = _calls_to(one, found)
    return Trace(found.since, last_of(called), called.answered, found.grain)


def _calls_to(one: Look, seen: Activity) -> Calls:
    """The last calls to it, whichever of its versions answered them."""
    found = [calls for name, calls in seen.calls.items() if one.is_about(name)]
    return Calls(
        max(filter(None, (each.tried for each in found)), default=None),
        max(filter(None, (each.answered for each in found)), default=None),
    )
