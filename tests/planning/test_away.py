"""What is wanted and meant to be away: counted apart, costing nothing, and brought back alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from inline_snapshot import snapshot

from reconciler.planning.action import Verb
from reconciler.planning.plan import plan, plan_only
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import refusals
from tests.kinds.lives import gone, rule
from tests.planning.situations import (
    CHATS,
    PROD,
    desired,
    everything,
    found,
    observed,
    picture,
    spine,
    there_deployment,
    wanted_deployment,
)

SLEEPER = rule(hibernateAfter="3d")


def sleeping() -> dict[object, object]:
    """The model was trained 20 hours ago, and called last 18 hours ago."""
    return everything() | {PROD: gone(18 / 24)}


def test_counted_apart() -> None:
    """A plan that leaves something away has nothing to do, and says how many are away."""
    wants = desired(*spine(inactivity=rule(hibernateAfter="12h")))
    made = plan(wants, observed(sleeping()))  # type: ignore[arg-type]
    assert made.is_settled
    assert picture(made) == snapshot("Nothing to do: 3 resources as wanted, 1 away.")


def test_waking_is_about_one() -> None:
    """Only what is woken is planned, whatever else there is to do, and nothing is pruned."""
    policy = Policy(project="shop", awake=frozenset({"prod"}), prune=frozenset({"deployment"}))
    wants = desired(*spine(inactivity=rule(hibernateAfter="12h")), policy=policy)
    seen = observed({**sleeping(), CHATS: None}, [found("prod"), found("old")])  # type: ignore[dict-item]
    assert len(plan(wants, seen).steps) > 1
    only = plan_only(wants, seen, frozenset({PROD}))
    assert [(one.address, one.verb) for one in only.steps] == [(PROD, Verb.CREATE)]


def test_waking_within_the_budget() -> None:
    """What is there already counts as well when one more is woken."""
    names = ("prod", "second", "third")
    wanted = [wanted_deployment(name=name, inactivity=SLEEPER) for name in names]
    policy = Policy(project="shop", awake=frozenset({"third"}), hosting_budget=Decimal(2000))
    wants = desired(*spine()[:3], *wanted, policy=policy)
    third = wanted[2].address
    away = {one.address: gone(5) for one in wanted[1:]}

    def guards(states: object) -> list[str]:
        seen = observed({**everything(), **away, **states})  # type: ignore[dict-item]
        return [
            one.guard for one in refusals(plan_only(wants, seen, frozenset({third})), wants, seen)
        ]

    assert guards({PROD: there_deployment()}) == ["budget.hostingPerMonth"]
    assert guards({PROD: gone(5)}) == []


def test_what_is_away_is_not_there() -> None:
    """The share that a guard allows is one of what is there."""
    names = [f"bot-{number}" for number in range(10)]
    wanted = [wanted_deployment(name=name, inactivity=SLEEPER) for name in names]
    doomed = [found(f"old-{number}") for number in range(4)]
    policy = Policy(project="shop", prune=frozenset({"deployment"}))
    wants = desired(*spine()[:3], *wanted, policy=policy)
    there = {one.address: there_deployment(name=one.address.name) for one in wanted}
    away = {one.address: gone(5) for one in wanted}

    def guards(states: object) -> list[str]:
        seen = observed({**everything(), **states}, doomed)  # type: ignore[dict-item]
        seen = replace(seen, states={k: v for k, v in seen.states.items() if k != PROD})
        return [one.guard for one in refusals(plan(wants, seen), wants, seen)]

    assert guards(there) == []  # four of fourteen
    assert guards(dict(list(there.items())[:7] + list(away.items())[7:])) == ["guard.maxDeletes"]
