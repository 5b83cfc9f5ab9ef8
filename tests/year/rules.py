"""What should become of deployments, worked out a second time: from the contract, not from ftctl.

The service: a deployment goes 15 days after it was made or called last, one of Developer tier 24
hours after it was made. ftctl: the tables at the top of `inactivity.py` and `vanished.py`, applied
to what the metrics tell: calls by the hour for 16 days, by the day for 92.

Shares no code with the package. Times are seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HOUR, DAY = 3600.0, 86400.0
IDLE_LIMIT, DEVELOPER_LIFE = 15 * DAY, DAY
NOT_COUNTED_YET = 900.0


@dataclass
class Wish:
    """What the manifest wants of one deployment."""

    account: str
    model: str
    sku: str = "GlobalStandard"
    capacity: int = 10
    then: str = "warn"
    warn_after: int = 10  # days
    keep_alive_before: int = 2
    hibernate_after: int | None = None
    renew: bool = False

    @property
    def is_developer(self) -> bool:
        return self.sku == "DeveloperTier"

    @property
    def may_be_away(self) -> bool:
        return self.then == "accept" or self.hibernate_after is not None


@dataclass
class One:
    """A deployment by its name: whether it is there, and every call it was ever asked."""

    wish: Wish
    trained_at: float
    created: float | None = None
    capacity: int = 0
    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def is_there(self, now: float) -> bool:
        """The service's own rule."""
        if self.created is None:
            return False
        if self.wish.is_developer:
            return now < self.created + DEVELOPER_LIFE
        own = [call for call in self.answered if call >= self.created]
        return now < max([self.created, *own]) + IDLE_LIMIT

    def make(self, now: float) -> None:
        """Made, and called once to see that it answers."""
        self.created, self.capacity = now, self.wish.capacity
        self.answered.append(now)


def hour_after(call: float) -> float:
    return call // HOUR * HOUR + HOUR


def day_after(call: float) -> float:
    return call // DAY * DAY + DAY


Verdict = tuple[str, str]  # verb and reason code


def expected(one: One, now: float) -> Verdict:
    """What ftctl has to do about it at this moment."""
    return _there(one, now) if one.is_there(now) else _away(one, now)


def is_warned(one: One, now: float) -> bool:
    """Whether a plan has to say that the service will delete it."""
    if not one.is_there(now) or one.created is None:
        return False
    if one.wish.is_developer:
        return True
    is_asked = one.wish.then == "warn" and one.wish.hibernate_after is None
    return is_asked and now - _quiet(one, one.created, now) >= one.wish.warn_after * DAY


def ends(one: One, now: float) -> float | None:
    """When the service deletes it, as far as the hours of its calls tell."""
    if not one.is_there(now) or one.created is None:
        return None
    if one.wish.is_developer:
        return one.created + DEVELOPER_LIFE
    return _quiet(one, one.created, now) + IDLE_LIMIT


def _there(one: One, now: float) -> Verdict:
    wish, created = one.wish, one.created or now
    tried, _answered = _last(one, now)
    since = max(created, min(tried or 0.0, now), one.trained_at)
    is_told_of = tried is not None and tried >= one.trained_at
    limit = wish.hibernate_after
    is_idle = limit is not None and now - NOT_COUNTED_YET - since >= limit * DAY
    if is_idle and not wish.is_developer and is_told_of:
        return "delete", "hibernate"
    if one.capacity != wish.capacity:
        return "update", "changed"
    return ("update", "keep_alive") if is_to_be_called(one, now) else ("keep", "as_wanted")


def is_to_be_called(one: One, now: float) -> bool:
    """Whether one call has to keep it, which a change of its settings does not replace."""
    wish = one.wish
    if wish.then != "keepAlive" or wish.is_developer or one.created is None:
        return False
    left = _quiet(one, one.created, now) + IDLE_LIMIT - now
    return left < wish.keep_alive_before * DAY


def _quiet(one: One, created: float, now: float) -> float:
    """Refused calls may not count, so the last answered one does."""
    _tried, answered = _last(one, now)
    return max(created, min(answered or 0.0, now))


def _last(one: One, now: float) -> tuple[float | None, float | None]:
    """The ends of the hours of the last call of any outcome, and of the last answered one."""
    answered = [hour_after(call) for call in one.answered if now - 16 * DAY <= call]
    tried = [hour_after(call) for call in one.refused if now - 16 * DAY <= call]
    return max([*tried, *answered], default=None), max(answered, default=None)


def _away(one: One, now: float) -> Verdict:
    last, answered, grain, told = _trace(one, now)
    if last is None:
        was_never = one.trained_at >= now - told
        stays = one.wish.may_be_away and not one.wish.is_developer and not was_never
        return ("keep", "asleep") if stays else ("create", "missing")
    if last < one.trained_at:
        return "create", "missing"
    return _expired(one, now) if one.wish.is_developer else _left(one, now, last, answered, grain)


def _trace(one: One, now: float) -> tuple[float | None, float | None, float, float]:
    """The last call and the last answered one, how exactly they are known, how far back."""
    last, answered = _last(one, now)
    if last is not None:
        return last, answered, HOUR, 16 * DAY
    old = [day_after(call) for call in one.answered if now - 92 * DAY <= call]
    tried = [day_after(call) for call in one.refused if now - 92 * DAY <= call]
    return max([*old, *tried], default=None), max(old, default=None), DAY, 92 * DAY


def _expired(one: One, now: float) -> Verdict:
    if one.trained_at + DEVELOPER_LIFE > now:
        return "create", "deleted_elsewhere"
    return ("create" if one.wish.renew else "keep"), "expired"


def _left(one: One, now: float, last: float, answered: float | None, grain: float) -> Verdict:
    wish = one.wish
    if wish.hibernate_after and last + wish.hibernate_after * DAY <= now:
        return "keep", "asleep"
    quiet = max(answered - grain if answered else 0.0, one.trained_at)
    if quiet + IDLE_LIMIT > now:
        return "create", "deleted_elsewhere"
    if wish.may_be_away:
        return "keep", "asleep"
    return ("keep" if wish.then == "warn" else "create"), "vanished_idle"


def written(name: str, wish: Wish) -> dict[str, Any]:
    """The manifest of it."""
    inactivity: dict[str, Any] = {
        "then": wish.then,
        "warnAfter": f"{wish.warn_after}d",
        "keepAliveBefore": f"{wish.keep_alive_before}d",
    }
    if wish.hibernate_after is not None:
        inactivity["hibernateAfter"] = f"{wish.hibernate_after}d"
    spec = {
        "account": wish.account,
        "model": {"fineTunedModel": wish.model},
        "sku": {"name": wish.sku, "capacity": wish.capacity},
        "inactivity": inactivity,
        "renew": wish.renew,
    }
    return {
        "apiVersion": "ftctl/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": spec,
    }
