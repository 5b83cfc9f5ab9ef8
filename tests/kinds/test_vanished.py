"""A wanted deployment that is missing: why, as far as the evidence goes, and what follows."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from inline_snapshot import snapshot

from reconciler.kinds.deployment.pointer import pointer
from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Phase, Standing
from tests.kinds.lives import gone, needs, rule, untold
from tests.kinds.tables import table
from tests.kinds.test_deployment import KIND
from tests.planning.situations import ACCOUNT, BOT, wanted_deployment


def wanted(**more: Any) -> Wanted:
    """In one region, so that plans have nothing to say of where data goes."""
    return wanted_deployment(**{"sku": "Standard", **more})


CASES = {
    "no trace": gone(None),
    "called 3 days ago": gone(3),
    "called 15 days ago": gone(15),
    "called 15 days ago, refused since": gone(2, answered=15),
    "called 40 days ago": gone(40, told=92),
    "nobody may read": untold(),
}


def test_warn() -> None:
    """What the service deleted stays away until a person decides; anything else is made again."""
    assert table(wanted(), CASES, needs=needs(60)) == snapshot("""\
no trace
  create missing: not on account/sweden; no call to it in 16 days, and its model is older;
    50,000 tokens a minute (capacity 50)
  = missing no call to it in 16 days, and its model is older
called 3 days ago
  create deleted_elsewhere: not on account/sweden; somebody deleted it: it was called 3d ago,
    and the service waits 15 days; 50,000 tokens a minute (capacity 50)
  = missing somebody deleted it: it was called 3d ago, and the service waits 15 days
called 15 days ago
  keep vanished_idle: the service deleted it, not called since 2026-11-05; ftctl wake prod
    brings it back, or any apply with inactivity: {then: redeploy}
  = missing the service deleted it, not called since 2026-11-05; ftctl wake prod brings it back,
    or any apply with inactivity: {then: redeploy}
called 15 days ago, refused since
  keep vanished_idle: the service deleted it, not called since 2026-11-05; ftctl wake prod
    brings it back, or any apply with inactivity: {then: redeploy}
  = missing the service deleted it, not called since 2026-11-05; ftctl wake prod brings it back,
    or any apply with inactivity: {then: redeploy}
called 40 days ago
  keep vanished_idle: the service deleted it, not called since 2026-10-10; ftctl wake prod
    brings it back, or any apply with inactivity: {then: redeploy}
  = missing the service deleted it, not called since 2026-10-10; ftctl wake prod brings it back,
    or any apply with inactivity: {then: redeploy}
nobody may read
  create missing: not on account/sweden; whether it was there before is not known: nobody here
    may read the metrics of account/sweden (assign the role "Monitoring Reader" on the account);
    50,000 tokens a minute (capacity 50)
  = missing whether it was there before is not known: nobody here may read the metrics of
    account/sweden (assign the role "Monitoring Reader" on the account)\
""")


def test_redeploy() -> None:
    """It is made again by itself, and the reason says why."""
    one = wanted(inactivity=rule(then="redeploy"))
    assert table(one, CASES, needs=needs(60)) == snapshot("""\
no trace
  create missing: not on account/sweden; no call to it in 16 days, and its model is older;
    50,000 tokens a minute (capacity 50)
  = missing no call to it in 16 days, and its model is older
called 3 days ago
  create deleted_elsewhere: not on account/sweden; somebody deleted it: it was called 3d ago,
    and the service waits 15 days; 50,000 tokens a minute (capacity 50)
  = missing somebody deleted it: it was called 3d ago, and the service waits 15 days
called 15 days ago
  create vanished_idle: not on account/sweden; the service deleted it, not called since
    2026-11-05; 50,000 tokens a minute (capacity 50)
  = missing the service deleted it, not called since 2026-11-05
called 15 days ago, refused since
  create vanished_idle: not on account/sweden; the service deleted it, not called since
    2026-11-05; 50,000 tokens a minute (capacity 50)
  = missing the service deleted it, not called since 2026-11-05
called 40 days ago
  create vanished_idle: not on account/sweden; the service deleted it, not called since
    2026-10-10; 50,000 tokens a minute (capacity 50)
  = missing the service deleted it, not called since 2026-10-10
nobody may read
  create missing: not on account/sweden; whether it was there before is not known: nobody here
    may read the metrics of account/sweden (assign the role "Monitoring Reader" on the account);
    50,000 tokens a minute (capacity 50)
  = missing whether it was there before is not known: nobody here may read the metrics of
    account/sweden (assign the role "Monitoring Reader" on the account)\
""")


def test_keep_alive() -> None:
    """What vanished in spite of it, because nobody applied, is made again."""
    one = wanted(inactivity=rule(then="keepAlive"))
    assert table(one, {"called 15 days ago": gone(15)}, needs=needs(60)) == snapshot("""\
called 15 days ago
  create vanished_idle: not on account/sweden; the service deleted it, not called since
    2026-11-05; 50,000 tokens a minute (capacity 50)
  = missing the service deleted it, not called since 2026-11-05\
""")


def test_accept() -> None:
    """Its absence is fine until it is asked for; that somebody deleted it in use is not."""
    one = wanted(inactivity=rule(then="accept"))
    assert table(one, CASES, needs=needs(60)) == snapshot("""\
no trace
  keep asleep: it sleeps, or was never made: no call to it in 16 days, and its model is older;
    ftctl wake prod brings it back
  = asleep it sleeps, or was never made: no call to it in 16 days, and its model is older; ftctl
    wake prod brings it back
called 3 days ago
  create deleted_elsewhere: not on account/sweden; somebody deleted it: it was called 3d ago,
    and the service waits 15 days; 50,000 tokens a minute (capacity 50)
  = missing somebody deleted it: it was called 3d ago, and the service waits 15 days
called 15 days ago
  keep asleep: the service deleted it, not called since 2026-11-05; ftctl wake prod brings it
    back
  = asleep the service deleted it, not called since 2026-11-05; ftctl wake prod brings it back
called 15 days ago, refused since
  keep asleep: the service deleted it, not called since 2026-11-05; ftctl wake prod brings it
    back
  = asleep the service deleted it, not called since 2026-11-05; ftctl wake prod brings it back
called 40 days ago
  keep asleep: the service deleted it, not called since 2026-10-10; ftctl wake prod brings it
    back
  = asleep the service deleted it, not called since 2026-10-10; ftctl wake prod brings it back
nobody may read
  keep asleep: it sleeps, or was never made: whether it was there before is not known: nobody
    here may read the metrics of account/sweden (assign the role "Monitoring Reader" on the
    account); ftctl wake prod brings it back
  = asleep it sleeps, or was never made: whether it was there before is not known: nobody here
    may read the metrics of account/sweden (assign the role "Monitoring Reader" on the account);
    ftctl wake prod brings it back\
""")


def test_hibernate() -> None:
    """Asleep once it was not called for that long; deleted before that, it is made again."""
    one = wanted(inactivity=rule(hibernateAfter="3d"))
    cases = CASES | {"called yesterday": gone(1), "no trace in 92 days": gone(None, told=92)}
    assert table(one, cases, needs=needs(60)) == snapshot("""\
no trace
  keep asleep: it sleeps, or was never made: no call to it in 16 days, and its model is older;
    ftctl wake prod brings it back
  = asleep it sleeps, or was never made: no call to it in 16 days, and its model is older; ftctl
    wake prod brings it back
called 3 days ago
  keep asleep: it sleeps, not called since 2026-11-17; ftctl wake prod brings it back
  = asleep it sleeps, not called since 2026-11-17; ftctl wake prod brings it back
called 15 days ago
  keep asleep: it sleeps, not called since 2026-11-05; ftctl wake prod brings it back
  = asleep it sleeps, not called since 2026-11-05; ftctl wake prod brings it back
called 15 days ago, refused since
  keep asleep: the service deleted it, not called since 2026-11-05; ftctl wake prod brings it
    back
  = asleep the service deleted it, not called since 2026-11-05; ftctl wake prod brings it back
called 40 days ago
  keep asleep: it sleeps, not called since 2026-10-10; ftctl wake prod brings it back
  = asleep it sleeps, not called since 2026-10-10; ftctl wake prod brings it back
nobody may read
  keep asleep: it sleeps, or was never made: whether it was there before is not known: nobody
    here may read the metrics of account/sweden (assign the role "Monitoring Reader" on the
    account); ftctl wake prod brings it back
  = asleep it sleeps, or was never made: whether it was there before is not known: nobody here
    may read the metrics of account/sweden (assign the role "Monitoring Reader" on the account);
    ftctl wake prod brings it back
called yesterday
  create deleted_elsewhere: not on account/sweden; somebody deleted it: it was called 1d ago,
    and the service waits 15 days; 50,000 tokens a minute (capacity 50)
  = missing somebody deleted it: it was called 1d ago, and the service waits 15 days
no trace in 92 days
  create missing: not on account/sweden; 50,000 tokens a minute (capacity 50)
  = missing\
""")


def test_protected() -> None:
    """What is protected never hibernates, so that only the service or a person has deleted it."""
    cases = CASES | {"called 10 days ago": gone(10)}
    for then in ("warn", "redeploy", "accept"):
        sleeper, plain = rule(then=then, hibernateAfter="3d"), rule(then=then)
        guarded = wanted(inactivity=sleeper, is_protected=True)
        same = wanted(inactivity=plain, is_protected=True)
        assert table(guarded, cases, needs=needs(60)) == table(same, cases, needs=needs(60))


@pytest.mark.parametrize("then", ["warn", "redeploy", "accept", "keepAlive"])
@pytest.mark.parametrize("extra", [{}, {"hibernateAfter": "3d"}])
@pytest.mark.parametrize("missing", [gone(None), gone(30, told=92), untold(), None])
def test_a_first_creation_always_happens(then: str, extra: dict[str, str], missing: object) -> None:
    """A deployment whose model was trained yesterday has never been: it is made, under any rule."""
    if then == "keepAlive" and extra:
        pytest.skip("these two exclude each other")
    one = wanted(inactivity=rule(then=then, **extra))
    context = Context(gone(None).at, Policy(project="shop"), needs(1))
    action = KIND.decide(one, missing, context).action
    assert (action.verb, action.code) == (Verb.CREATE, ReasonCode.MISSING)


def test_silence() -> None:
    """Where nothing is told from the time since training, what costs by the hour waits."""
    cases = {"model of 80 days": needs(80), "model of 100 days": needs(100), "unknown": needs(None)}
    rules = {"warn": rule(), "accept": rule(then="accept"), "sleeps": rule(hibernateAfter="3d")}
    decided = {
        f"{name}, {model}": str(
            KIND.decide(
                wanted(inactivity=one),
                gone(None, told=92),
                Context(gone(None).at, Policy(project="shop"), stand),
            ).action.verb
        )
        for name, one in rules.items()
        for model, stand in cases.items()
    }
    assert decided == snapshot(
        {
            "warn, model of 80 days": "create",
            "warn, model of 100 days": "create",
            "warn, unknown": "create",
            "accept, model of 80 days": "create",
            "accept, model of 100 days": "keep",
            "accept, unknown": "keep",
            "sleeps, model of 80 days": "create",
            "sleeps, model of 100 days": "keep",
            "sleeps, unknown": "keep",
        }
    )


def test_developer_tier() -> None:
    """After 24 hours its absence is fine, unless `renew` wants it back."""
    cases = {
        "no trace": gone(None),
        "called 2 hours ago": gone(2 / 24),
        "called 3 days ago": gone(3),
        "nobody may read": untold(),
    }
    brief = wanted(sku="DeveloperTier")
    assert table(brief, cases, needs=needs(60)) == snapshot("""\
no trace
  create missing: not on account/sweden; no call to it in 16 days, and its model is older;
    50,000 tokens a minute (capacity 50)
  note: DeveloperTier may process prompts and answers in any Azure region, and promises no data
    residency
  note: a DeveloperTier deployment ends 24 hours after it was made, called or not; ftctl wake
    prod brings it back, or any apply with renew: true
  = missing no call to it in 16 days, and its model is older
called 2 hours ago
  keep expired: the service deleted it when its 24 hours were up; ftctl wake prod brings it back
  = asleep the service deleted it when its 24 hours were up; ftctl wake prod brings it back
called 3 days ago
  keep expired: the service deleted it when its 24 hours were up; ftctl wake prod brings it back
  = asleep the service deleted it when its 24 hours were up; ftctl wake prod brings it back
nobody may read
  create missing: not on account/sweden; whether it was there before is not known: nobody here
    may read the metrics of account/sweden (assign the role "Monitoring Reader" on the account);
    50,000 tokens a minute (capacity 50)
  note: DeveloperTier may process prompts and answers in any Azure region, and promises no data
    residency
  note: a DeveloperTier deployment ends 24 hours after it was made, called or not; ftctl wake
    prod brings it back, or any apply with renew: true
  = missing whether it was there before is not known: nobody here may read the metrics of
    account/sweden (assign the role "Monitoring Reader" on the account)\
""")
    renewed = wanted(sku="DeveloperTier", renew=True)
    assert table(renewed, {"called 3 days ago": gone(3)}, needs=needs(60)) == snapshot("""\
called 3 days ago
  create expired: not on account/sweden; the service deleted it when its 24 hours were up, and
    renew is true; 50,000 tokens a minute (capacity 50)
  note: DeveloperTier may process prompts and answers in any Azure region, and promises no data
    residency
  note: a DeveloperTier deployment ends 24 hours after it was made, called or not; renew: true
    makes it again with the next apply
  = missing the service deleted it when its 24 hours were up, and renew is true\
""")


def test_developer_tier_deleted_too_early() -> None:
    """While 24 hours since training are not over, only a person can have deleted it."""
    brief = wanted(sku="DeveloperTier")
    assert table(brief, {"called 2 hours ago": gone(2 / 24)}, needs=needs(0.5)) == snapshot("""\
called 2 hours ago
  create deleted_elsewhere: not on account/sweden; somebody deleted it before its 24 hours were
    up; 50,000 tokens a minute (capacity 50)
  note: DeveloperTier may process prompts and answers in any Azure region, and promises no data
    residency
  note: a DeveloperTier deployment ends 24 hours after it was made, called or not; ftctl wake
    prod brings it back, or any apply with renew: true
  = missing somebody deleted it before its 24 hours were up\
""")


def test_account_gone() -> None:
    """What cannot be seen is neither here nor gone, so nothing is said of what is on it."""
    blind = needs() | {ACCOUNT: Standing(Phase.FAILED)}
    versioned = table(wanted(update="versioned"), {"": gone(3)}, needs=blind)
    assert "cannot be seen; as prod-8c8a3a9d; 50,000 tokens" in versioned
    assert table(wanted(), {"": gone(3)}, needs=blind) == snapshot("""\

  create absent: the account itself cannot be seen; 50,000 tokens a minute (capacity 50)
  = missing the account itself cannot be seen\
""")


def test_wake() -> None:
    """`ftctl wake` makes what is away, whatever the rule says; others stay away."""
    awake = Policy(project="shop", awake=frozenset({"prod"}))
    cases = {"asleep": gone(10), "vanished": gone(15)}
    for one in (rule(), rule(then="accept"), rule(hibernateAfter="3d")):
        told = table(wanted(inactivity=one), {"x": gone(15.5)}, awake, needs(60))
        assert "create wake" in told
    other = wanted(name="other", inactivity=rule(hibernateAfter="3d"))
    assert "create" not in table(other, cases, awake, needs(60))


def test_what_is_away_costs_nothing() -> None:
    """Neither what stays away nor what goes to sleep counts as hosting."""
    one = wanted(inactivity=rule(hibernateAfter="3d"))
    context = Context(gone(None).at, Policy(project="shop"), needs(60))
    assert KIND.decide(one, gone(9), context).action.cost is None


def test_nothing_but_making_follows_from_absence() -> None:
    """Whatever the evidence: a missing deployment is made or left away, and never trained."""
    rules = (rule(), rule(then="accept"), rule(then="redeploy"), rule(hibernateAfter="3d"))
    goals = [
        wanted(inactivity=one, sku=sku) for one in rules for sku in ("Standard", "DeveloperTier")
    ]
    for one, trained, missing in product(goals, (0.1, 5, 60, None), (*CASES.values(), None)):
        context = Context(gone(None).at, Policy(project="shop"), needs(trained))
        assert KIND.decide(one, missing, context).action.verb in {Verb.CREATE, Verb.KEEP}


def test_nothing_to_call() -> None:
    """What is away is nothing that applications could call."""
    assert pointer(wanted().goal, gone(5)) is None


def test_not_called_since_it_was_there() -> None:
    """Calls are told by the day or by the hour; before its model was trained, it was not there."""
    first_day = {"called on its first day": gone(40, told=92)}
    told = table(wanted(), first_day, needs=needs(40.25))
    assert "not called since 2026-10-11;" in " ".join(told.split())
    asleep = wanted(inactivity=rule(hibernateAfter="3d"))
    told = table(asleep, first_day, needs=needs(40.25))
    assert "not called since 2026-10-11;" in " ".join(told.split())
    refused = {"refused since": gone(1, told=92, answered=40)}
    told = table(wanted(), refused, needs=needs(14.5))
    assert "deleted_elsewhere" in told


def test_a_model_that_is_not_trained() -> None:
    """Before its model is there, a deployment is only what it always was: not there yet."""
    stand = needs() | {BOT: replace(Standing(Phase.MISSING))}
    assert table(wanted(), {"": gone(3)}, needs=stand) == snapshot("""\

  create missing: not on account/sweden; 50,000 tokens a minute (capacity 50)
  = missing\
""")
