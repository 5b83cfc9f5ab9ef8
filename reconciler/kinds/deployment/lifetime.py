"""How long a deployment has lived, when it was last called, and when the service deletes it. Pure.

The service deletes a fine-tuned deployment that is older than 15 days and was not called for 15
days in a row; a Developer tier deployment 24 hours after it was made, whatever happens.
Sources: Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19; "Cost management for
fine-tuning", 2026-03-19.

What is not known stays unknown: it is never taken for "not called". Where requests and tokens
disagree, because calls were refused, the earlier one counts for warnings, and the later one before
anything is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from reconciler.providers.azure.activity import Activity, Calls, Unseen
from reconciler.providers.azure.catalogue import built_in

IDLE_LIMIT = timedelta(days=15)
DEVELOPER_LIFETIME = timedelta(hours=24)
DEVELOPER = "DeveloperTier"


def is_developer(sku: str) -> bool:
    """Whether that is the Developer tier, which the service's own documents spell in three ways."""
    return built_in().sku(sku) == DEVELOPER


@dataclass(frozen=True)
class Unknown:
    """A fact that nobody here can tell: why not, and what would change that."""

    why: str
    hint: str = ""


NO_DATE = Unknown("the service does not say when it was made")
NOT_ASKED = Unknown("it is too young for that to matter")


@dataclass(frozen=True)
class Use:
    """When it was last called since it was made: with any outcome, and with an answer."""

    tried: datetime | None = None
    answered: datetime | None = None
    traced: datetime | None = None  # the last call to this name, also to an earlier deployment


@dataclass(frozen=True)
class Life:
    """What is known of one deployment at one moment."""

    at: datetime
    sku: str
    created_at: datetime | Unknown
    use: Use | Unknown
    kept_at: datetime | None = None  # when ftctl called it last, as its tag says
    hourly: Decimal | None = None  # US dollars of hosting, at today's price
    is_paused: bool = False

    @property
    def is_developer(self) -> bool:
        return is_developer(self.sku)

    @property
    def age(self) -> timedelta | Unknown:
        if isinstance(self.created_at, Unknown):
            return self.created_at
        return max(self.at - self.created_at, timedelta())

    @property
    def quiet_since(self) -> datetime | Unknown:
        """The last sign of use that is sure to count for the service, its making included.

        Where nobody knows when it was made, a call is one all the same, and the last that is known.
        """
        if isinstance(self.use, Unknown):
            return self.use
        return _earlier(self._latest(self.use.tried), self._latest(self.use.answered))

    @property
    def idle_since(self) -> datetime | Unknown:
        """The last sign of any use, its making included, which may be newer than any call."""
        if isinstance(self.use, Unknown) or isinstance(self.created_at, Unknown):
            return self.use if isinstance(self.use, Unknown) else self.created_at
        return self._latest(self.use.tried, self.use.answered)

    @property
    def expires_at(self) -> datetime | Unknown:
        """When the service deletes it if nobody calls it any more."""
        if self.is_developer:
            return _after(self.created_at, DEVELOPER_LIFETIME)
        return _after(self.quiet_since, IDLE_LIMIT)

    @property
    def expires_not_before(self) -> datetime | Unknown:
        """As far as can be said without knowing who called it."""
        if self.is_developer:
            return self.expires_at
        least = self._latest()
        return self.at if isinstance(least, Unknown) else least + IDLE_LIMIT

    def _latest(self, *calls: datetime | None) -> datetime | Unknown:
        signs = (self.created_at, self.kept_at, *calls)
        return max((one for one in signs if isinstance(one, datetime)), default=NO_DATE)

    def hosting_since(self, moment: datetime | Unknown) -> Decimal | None:
        """US dollars for the whole hours; None where moment or price is not known."""
        if isinstance(moment, Unknown) or self.hourly is None:
            return None
        return self.hourly * (max(self.at - moment, timedelta()) // timedelta(hours=1))


def _earlier(one: datetime | Unknown, other: datetime | Unknown) -> datetime | Unknown:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return one if isinstance(one, Unknown) else other
    return min(one, other)


def _after(moment: datetime | Unknown, span: timedelta) -> datetime | Unknown:
    return moment if isinstance(moment, Unknown) else moment + span


def use_of(
    name: str, created_at: datetime | Unknown, activity: Activity | Unseen, at: datetime
) -> Use | Unknown:
    """The calls since it was made. A name that was used before shares the older calls."""
    if isinstance(activity, Unseen):
        return Unknown(activity.why, activity.hint)
    calls = activity.of(name)
    since = at - IDLE_LIMIT if isinstance(created_at, Unknown) else created_at

    def own(call: datetime | None) -> datetime | None:
        """The end of an hour with calls, as far as that has passed."""
        return min(call, at) if call and call > since else None

    return Use(own(calls.tried), own(calls.answered), last_of(calls))


def last_of(calls: Calls) -> datetime | None:
    """The last call of any outcome."""
    return max(filter(None, (calls.tried, calls.answered)), default=None)
