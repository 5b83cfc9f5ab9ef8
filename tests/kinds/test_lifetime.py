"""How long a deployment has lived, and when the service deletes it: facts, or honestly unknown."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from reconciler.kinds.deployment.lifetime import NO_DATE, Life, Unknown, Use, use_of
from reconciler.providers.azure.activity import Activity, Calls, Unseen
from tests.kinds.lives import hourly
from tests.planning.situations import NOON

HIDDEN = Unseen("nobody here may read the metrics", "assign a role")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def activity(tried: float | None, answered: float | None, name: str = "prod") -> Activity:
    """Calls that many days ago."""
    ends = [None if days is None else ago(days) for days in (tried, answered)]
    return Activity(ago(16), NOON, HOUR, {name: Calls(*ends)})


def life(made: float | None, seen: Activity | Unseen, sku: str = "Standard") -> Life:
    created_at = NO_DATE if made is None else ago(made)
    use = use_of("prod", created_at, seen, NOON)
    return Life(NOON, sku, created_at, use, hourly=hourly(sku))


@pytest.mark.parametrize(
    ("made", "tried", "answered", "expires_in"),
    [
        (3, None, None, 12),  # never called: 15 days after it was made
        (3, 1, 1, 14),  # the last call counts
        (3, 1, 2, 13),  # refused calls may not count: the earlier one is said
        (3, 5, 5, 12),  # calls to an earlier deployment of this name do not
        (20, 14, 14, 1),
        (20, 16, 16, -1),  # the service is about to
    ],
)
def test_expiry(made: float, tried: float | None, answered: float | None, expires_in: int) -> None:
    """It expires 15 days after it was made or called last, whichever is later."""
    assert life(made, activity(tried, answered)).expires_at == ago(-expires_in)


def test_any_use_keeps_from_hibernating() -> None:
    """What is about to be deleted is looked at the other way round: any sign of use counts."""
    one = life(9, activity(1, 5))
    assert (one.quiet_since, one.idle_since) == (ago(5), ago(1))


@pytest.mark.parametrize("sku", ["DeveloperTier", "developertier"])
def test_developer_tier(sku: str) -> None:
    """24 hours after it was made, called or not, and whether or not anybody can tell."""
    assert life(0.5, activity(0, 0), sku).expires_at == NOON + DAY / 2
    assert life(0.5, HIDDEN, sku).expires_at == NOON + DAY / 2


def test_unknown_stays_unknown() -> None:
    """Without metrics, or without a date, nothing is guessed; the least that holds is known."""
    hidden = life(3, HIDDEN)
    assert hidden.expires_at == Unknown(HIDDEN.why, HIDDEN.hint) == hidden.idle_since
    assert hidden.expires_not_before == ago(3) + timedelta(days=15)
    undated = life(None, activity(None, None))
    assert undated.expires_at == undated.age == undated.quiet_since == undated.idle_since == NO_DATE
    assert undated.hosting_since(undated.created_at) is None


def test_called_but_not_dated() -> None:
    """A call is a sign of life all the same; whether it was made later than that, nobody knows."""
    undated = life(None, activity(1, 2))
    assert undated.expires_at == ago(2) + timedelta(days=15)
    assert undated.age == undated.idle_since == NO_DATE
    kept = Life(NOON, "Standard", NO_DATE, Unknown("hidden"), kept_at=ago(4))
    assert kept.expires_not_before == ago(4) + timedelta(days=15)
    assert Life(NOON, "Standard", NO_DATE, Unknown("hidden")).expires_not_before == NOON


def test_names_in_any_case() -> None:
    """Metrics may spell the name of a deployment in other letters."""
    seen = activity(1, 1, name="prod")
    assert use_of("PROD", ago(3), seen, NOON) == Use(ago(1), ago(1), ago(1))


def test_an_hour_that_is_not_over() -> None:
    """A call counts from the end of its hour, but never from a moment that is still to come."""
    seen = activity(-HOUR / DAY, -HOUR / DAY)
    assert use_of("prod", ago(3), seen, NOON) == Use(NOON, NOON, NOON + HOUR)


def test_our_own_call() -> None:
    """A call that ftctl has marked counts before metrics tell of it."""
    kept = Life(NOON, "Standard", ago(14), use_of("prod", ago(14), HIDDEN, NOON), ago(1))
    assert kept.expires_not_before == ago(-14)
    seen = Life(NOON, "Standard", ago(14), Use(ago(13), ago(13)), ago(1))
    assert seen.expires_at == ago(-14)


def test_hosting_so_far() -> None:
    """By the hour since it was made, and since it was called last; unknown where the price is."""
    one = life(12, activity(10, 10))
    assert one.hosting_since(one.created_at) == Decimal("489.60")
    assert one.hosting_since(one.quiet_since) == Decimal("408.00")
    assert life(12, activity(10, 10), "DeveloperTier").hosting_since(ago(12)) == 0
    assert life(12, activity(10, 10), "ProvisionedManaged").hosting_since(ago(12)) is None
