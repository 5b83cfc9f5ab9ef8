"""What will have become of a deployment if nobody calls it any more, by the rule it has."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from inline_snapshot import snapshot

from reconciler.kinds.deployment.forecast import (
    end_by_drain,
    end_by_rule,
    end_by_service,
    of_one_missing,
    of_one_there,
)
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.lifetime import Life
from reconciler.kinds.deployment.vanished import Again, StayAway
from reconciler.kinds.deployment.versions import Leaving
from reconciler.planning.action import ReasonCode
from reconciler.reporting.page import Page
from tests.kinds.lives import HIDDEN, aged, ago, living, rule
from tests.planning.situations import NOON, wanted_deployment

PAGE = Page(width=96)
DAY = timedelta(days=1)


def life(made: float = 20, called: float | None = 1, **more: object) -> Life:
    found = living(made, called, **more).life
    assert found
    return found


def goal(**more: object) -> DeploymentGoal:
    found: DeploymentGoal = wanted_deployment(**more).goal
    return found


def test_ends() -> None:
    """Each rule leads somewhere else."""
    developer = life(0.5, sku="DeveloperTier")
    ends = {
        "warn": end_by_rule(goal(), life(), ago(60)),
        "redeploy": end_by_rule(goal(inactivity=rule(then="redeploy")), life(), ago(60)),
        "accept": end_by_rule(goal(inactivity=rule(then="accept")), life(), ago(60)),
        "keepAlive": end_by_rule(goal(inactivity=rule(then="keepAlive")), life(), ago(60)),
        "hibernate": end_by_rule(goal(inactivity=rule(hibernateAfter="3d")), life(), ago(60)),
        "protected": end_by_rule(
            goal(inactivity=rule(hibernateAfter="3d"), is_protected=True), life(), ago(60)
        ),
        "hibernate, once others have drained": end_by_rule(
            goal(inactivity=rule(hibernateAfter="3d")), life(), ago(60), ago(-9)
        ),
        "drains for longer than it lives": end_by_rule(
            goal(inactivity=rule(hibernateAfter="3d")), life(), ago(60), ago(-30)
        ),
        "developer": end_by_rule(goal(sku="DeveloperTier"), developer, ago(60)),
        "developer, to be Standard": end_by_rule(goal(sku="Standard"), developer, ago(60)),
        "renewed": end_by_rule(goal(sku="DeveloperTier", renew=True), developer, ago(60)),
        "unwanted": end_by_service(life()),
    }
    told = [f"{name}: {end.at and (end.at - NOON)} {end.text}" for name, end in ends.items()]
    assert "\n".join(line for one in told for line in PAGE.wrap(one, 0, hang=2)) == snapshot("""\
warn: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC unless it is called; ftctl
  wake prod brings it back
redeploy: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC unless it is called;
  the next apply makes it again
accept: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC unless it is called;
  ftctl wake prod brings it back
keepAlive: None an apply from 2026-12-02 12:00 UTC on calls it once, which keeps it alive
hibernate: 2 days, 0:15:00 an apply from 2026-11-22 12:15 UTC on deletes it, to save its
  hosting; ftctl wake prod brings it back
protected: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC unless it is called;
  ftctl wake prod brings it back
hibernate, once others have drained: 9 days, 0:00:00 an apply from 2026-11-29 12:00 UTC on
  deletes it, to save its hosting; ftctl wake prod brings it back
drains for longer than it lives: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC
  unless it is called; ftctl wake prod brings it back
developer: 12:00:00 the service deletes it on 2026-11-21 00:00 UTC; ftctl wake prod brings it
  back
developer, to be Standard: 12:00:00 the service deletes it on 2026-11-21 00:00 UTC; the next
  apply makes it again
renewed: 12:00:00 the service deletes it on 2026-11-21 00:00 UTC; the next apply makes it again
unwanted: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC unless it is called\
""")


def test_unknown() -> None:
    """Nobody knows when it ends, and that is said, too."""
    hidden = aged(20, HIDDEN).life
    assert hidden
    end = end_by_rule(goal(), hidden, ago(60))
    assert end.at is None
    assert end.text.startswith("when the service deletes it is not known: nobody here may read")


def test_hosting_ends_with_it() -> None:
    """On a later day, what is gone by then has cost no more than until it went."""
    end = end_by_rule(goal(), life(), ago(60))
    soon, later = (of_one_there(life(), end, NOON + days * DAY) for days in (3, 30))
    assert (soon.presence, soon.hosting, soon.hosting_since_call) == snapshot(
        ("there", Decimal("938.40"), Decimal("163.20"))
    )
    assert (later.presence, later.hosting, later.hosting_since_call) == snapshot(
        ("gone", Decimal("1387.20"), Decimal("612.00"))
    )
    assert later.hosting == Decimal("1.70") * 24 * 34


def test_what_is_due_is_still_there() -> None:
    """Until something deletes it, it is there, and costs."""
    end = end_by_rule(goal(inactivity=rule(hibernateAfter="3d")), life(called=4), ago(60))
    now, later = (of_one_there(life(called=4), end, NOON + days * DAY) for days in (0, 1))
    assert end.at
    assert end.at < NOON
    assert (now.presence, later.presence) == ("there", "gone")
    assert now.hosting == later.hosting == Decimal("1.70") * 24 * 20


def test_other_versions() -> None:
    """One that drains goes when that ends, or before if the service comes first."""
    told = {
        "drains": end_by_drain(life(), Leaving("prod-1", ago(-2))),
        "drains for longer than it lives": end_by_drain(life(), Leaving("prod-1", ago(-20))),
        "of the Developer tier": end_by_drain(
            life(0.5, sku="DeveloperTier"), Leaving("prod-1", ago(-2))
        ),
        "never promoted": end_by_drain(life(), Leaving("prod-1", None)),
        "about to be promoted": end_by_drain(life(), None),
    }
    lines = [f"{name}: {end.at and (end.at - NOON)} {end.text}" for name, end in told.items()]
    assert "\n".join(line for one in lines for line in PAGE.wrap(one, 0, hang=2)) == snapshot("""\
drains: 2 days, 0:00:00 an apply from 2026-11-22 12:00 UTC on deletes it
drains for longer than it lives: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC
  unless it is called
of the Developer tier: 12:00:00 the service deletes it on 2026-11-21 00:00 UTC
never promoted: 0:00:00 never promoted; the next apply deletes it
about to be promoted: 14 days, 0:00:00 the service deletes it on 2026-12-04 12:00 UTC unless it
  is called\
""")


def test_missing() -> None:
    """What is missing is away; whether it comes back by itself is said."""
    stays = of_one_missing(StayAway(ReasonCode.ASLEEP, "it sleeps"))
    made = of_one_missing(Again(ReasonCode.DELETED_ELSEWHERE, "somebody deleted it"))
    assert (stays.presence, stays.text) == ("away", "it sleeps")
    assert made.text == "somebody deleted it; the next apply makes it"
    unseen = of_one_missing(Again(ReasonCode.ABSENT, "the account itself cannot be seen"))
    assert unseen.text == snapshot(
        "the account itself cannot be seen; once it can, an apply makes what is missing"
    )
    assert of_one_missing(Again(), has_model=False).text == snapshot(
        "an apply makes it once its model is there"
    )
