"""A deployment that nobody calls: warned of, kept alive, put to sleep, or let go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.expectation import Expectation, mark
from reconciler.kinds.deployment.inactivity import Inactivity, remarks
from reconciler.kinds.deployment.lifetime import NOT_ASKED
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.approval import Approval
from reconciler.planning.kind import Context
from reconciler.planning.plan import hosting_cost, plan
from reconciler.planning.policy import Policy
from tests.kinds.lives import HIDDEN, aged, ago, living, needs, rule
from tests.kinds.tables import table
from tests.planning.situations import (
    ACCOUNT,
    BOT,
    CHATS,
    NOON,
    OTHER_BYTES,
    PROD,
    desired,
    failed,
    model_id,
    observed,
    spine,
    there_account,
    there_data,
    there_deployment,
    trained,
    wanted_deployment,
    weights,
)

MINE = {"ftctl-project": "shop", "ftctl-name": "prod"}
SLEEPER = rule(hibernateAfter="3d")


def test_warn() -> None:
    """Once it was not called for `warnAfter`, plan and status say what comes, and what it cost."""
    cases = {
        "called yesterday": living(40, 1),
        "called 9 days ago": living(40, 9),
        "called 10 days ago": living(40, 10),
        "never called": living(11, None),
        "called 10 days ago, refused since": living(40, 1, answered=10),
        "only ever refused": living(12, 3, answered=None),
        "about to go": living(40, 15),
    }
    assert table(wanted_deployment(), cases, needs=needs(60)) == snapshot("""\
called yesterday
  keep as_wanted: as declared
  = ready deployment, model
called 9 days ago
  keep as_wanted: as declared
  = ready deployment, model
called 10 days ago
  keep as_wanted: as declared
  note: deleted by the service in 5d unless called; last call 10d ago; hosting since then
    $408.00
  = ready deployment, model deleted by the service in 5d unless called; last call 10d ago;
    hosting since then $408.00
never called
  keep as_wanted: as declared
  note: deleted by the service in 4d unless called; never called; hosting so far $448.80
  = ready deployment, model deleted by the service in 4d unless called; never called; hosting so
    far $448.80
called 10 days ago, refused since
  keep as_wanted: as declared
  note: deleted by the service in 5d unless called; last call 10d ago; later ones refused;
    hosting since then $408.00
  = ready deployment, model deleted by the service in 5d unless called; last call 10d ago; later
    ones refused; hosting since then $408.00
only ever refused
  keep as_wanted: as declared
  note: deleted by the service in 3d unless called; never answered, only refused, 3d ago;
    hosting so far $489.60
  = ready deployment, model deleted by the service in 3d unless called; never answered, only
    refused, 3d ago; hosting so far $489.60
about to go
  keep as_wanted: as declared
  note: deleted by the service any moment unless called; last call 15d ago; hosting since then
    $612.00
  = ready deployment, model deleted by the service any moment unless called; last call 15d ago;
    hosting since then $612.00\
""")


def test_warn_later() -> None:
    """`warnAfter` moves the moment."""
    patient = wanted_deployment(inactivity=rule(warnAfter="13d12h"))
    cases = {"13 days": living(40, 13), "14 days": living(40, 14)}
    assert table(patient, cases, needs=needs(60)) == snapshot("""\
13 days
  keep as_wanted: as declared
  = ready deployment, model
14 days
  keep as_wanted: as declared
  note: deleted by the service in 1d unless called; last call 14d ago; hosting since then
    $571.20
  = ready deployment, model deleted by the service in 1d unless called; last call 14d ago;
    hosting since then $571.20\
""")


@pytest.mark.parametrize("then", ["redeploy", "accept"])
def test_agreed(then: str) -> None:
    """Where it is agreed what happens, a plan does not warn; status goes on telling."""
    agreed = wanted_deployment(inactivity=rule(then=then))
    assert table(agreed, {"11 days": living(40, 11)}, needs=needs(60)) == snapshot("""\
11 days
  keep as_wanted: as declared
  = ready deployment, model deleted by the service in 4d unless called; last call 11d ago;
    hosting since then $448.80\
""")


def test_paused() -> None:
    """What the service may do to one that is paused is said at once; no call is made to it."""
    cases = {
        "paused when young": aged(3, NOT_ASKED, provisioning="Paused"),
        "called 12 days ago": living(40, 12, provisioning="Paused"),
        "called 14.5 days ago": living(40, 14.5, provisioning="Paused"),
        "no date": aged(None, HIDDEN, provisioning="Paused"),
    }
    kept = wanted_deployment(inactivity=rule(then="keepAlive"))
    assert table(kept, cases, needs=needs(60)) == snapshot("""\
paused when young
  keep disabled: the service says Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01)
  note: the service may charge its hosting while it is paused, and delete it from 2026-12-02
    12:00 UTC on; neither is documented
  = failed deployment, model Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01); the service may charge its hosting while it is paused,
    and delete it from 2026-12-02 12:00 UTC on; neither is documented
called 12 days ago
  keep disabled: the service says Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01)
  note: the service may charge its hosting while it is paused, and delete it from 2026-11-23
    12:00 UTC on; neither is documented
  = failed deployment, model Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01); the service may charge its hosting while it is paused,
    and delete it from 2026-11-23 12:00 UTC on; neither is documented
called 14.5 days ago
  keep disabled: the service says Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01)
  note: the service may charge its hosting while it is paused, and delete it from 2026-11-21
    00:00 UTC on; neither is documented
  = failed deployment, model Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01); the service may charge its hosting while it is paused,
    and delete it from 2026-11-21 00:00 UTC on; neither is documented
no date
  keep disabled: the service says Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01)
  note: the service may charge its hosting while it is paused, and delete it any moment; neither
    is documented
  = failed deployment, model Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01); the service may charge its hosting while it is paused,
    and delete it any moment; neither is documented\
""")


def test_keep_alive() -> None:
    """One call, when less than `keepAliveBefore` is left; before that, and after it, nothing."""
    kept = wanted_deployment(inactivity=rule(then="keepAlive"))
    cases = {
        "3 days left": living(40, 12),
        "1 day left": living(40, 14),
        "1 day left, never called": living(14, None),
        "1 day left, as far as answered calls go": living(40, 1, answered=14),
    }
    assert table(kept, cases, needs=needs(60)) == snapshot("""\
3 days left
  keep as_wanted: as declared
  = ready deployment, model deleted by the service in 3d unless called; last call 12d ago;
    hosting since then $489.60
1 day left
  update keep_alive: one short call, or the service deletes it in 1d
  = ready deployment, model deleted by the service in 1d unless called; last call 14d ago;
    hosting since then $571.20
1 day left, never called
  update keep_alive: one short call, or the service deletes it in 1d
  = ready deployment, model deleted by the service in 1d unless called; never called; hosting so
    far $571.20
1 day left, as far as answered calls go
  update keep_alive: one short call, or the service deletes it in 1d
  = ready deployment, model deleted by the service in 1d unless called; last call 14d ago; later
    ones refused; hosting since then $571.20\
""")


def test_keep_alive_without_metrics() -> None:
    """One call too many costs a token; one too few costs the deployment."""
    kept = wanted_deployment(inactivity=rule(then="keepAlive"))
    cases = {"made 12 days ago": aged(12, HIDDEN), "made 14 days ago": aged(14, HIDDEN)}
    cases |= {
        "no date": aged(None, HIDDEN),
        "no date, called 12 days ago": living(None, 12),
        "no date, called 14 days ago": living(None, 14),
        "no date, no call": living(None, None),
    }
    assert table(kept, cases, needs=needs(60)) == snapshot("""\
made 12 days ago
  keep as_wanted: as declared
  = ready deployment, model
made 14 days ago
  update keep_alive: one short call, or the service deletes it in 1d
  = ready deployment, model
no date
  update keep_alive: one short call, or the service may delete it
  = ready deployment, model
no date, called 12 days ago
  keep as_wanted: as declared
  = ready deployment, model deleted by the service in 3d unless called; last call 12d ago;
    hosting since then $489.60
no date, called 14 days ago
  update keep_alive: one short call, or the service deletes it in 1d
  = ready deployment, model deleted by the service in 1d unless called; last call 14d ago;
    hosting since then $571.20
no date, no call
  keep as_wanted: as declared
  note: when the service deletes it is not known: the service does not say when it was made
  = ready deployment, model\
""")


@pytest.mark.parametrize(("update", "hosting"), [("auto", "1224.00"), ("versioned", "1225.70")])
def test_keep_alive_while_its_model_waits(update: str, hosting: str) -> None:
    """What serves is called in time, whatever its next step waits for, and however long."""
    kept = spine(inactivity=rule(then="keepAlive"), update=update)
    there = {ACCOUNT: there_account(), CHATS: there_data(), BOT: trained(failed("Job failed."))}
    old = living(40, 14, sha256=OTHER_BYTES)
    proposal = plan(desired(*kept), observed({**there, PROD: old}))
    call = next(one for one in proposal.actions if one.address == PROD)
    assert (call.verb, call.code) == (Verb.UPDATE, ReasonCode.KEEP_ALIVE)
    assert Approval.of(proposal).covers(call)
    assert [(one.then.verb, one.waits_for) for one in proposal.deferred] == [(Verb.REPLACE, (BOT,))]
    assert hosting_cost(proposal.everything)[0] == Decimal(hosting)


def test_keep_alive_without_its_model() -> None:
    """A model that cannot be used again is no reason to lose what still serves it."""
    kept = spine(inactivity=rule(then="keepAlive"))
    there = {ACCOUNT: there_account(), CHATS: there_data(), BOT: trained(failed("Job failed."))}
    proposal = plan(desired(*kept), observed({**there, PROD: living(40, 14)}))
    assert proposal.deferred == ()
    assert proposal.actions[-1].code is ReasonCode.KEEP_ALIVE


def test_what_stays_whatever_its_next_step() -> None:
    """Until when it lives is said, and keepAlive calls, also where a person has to decide."""
    once = (Expectation(prompt="hi", contains="hello"),)
    failed_tags = MINE | {"ftctl-verify": f"failed:{mark(weights()[:8], once)}"}
    foreign = replace(
        there_deployment(tags={}).record, name=f"prod-{weights()[:8]}", model=model_id()
    )
    cases = {
        "another model": living(40, 14, sha256=OTHER_BYTES),
        "failed verify": living(40, 14, tags=failed_tags),
        "failed by the service": living(40, 14, provisioning="Failed"),
        "switched off": living(40, 14, provisioning="Disabled"),
        "a stranger in the way": replace(
            living(40, 14, sha256=OTHER_BYTES, name="prod"), beside=(foreign,)
        ),
    }
    told = [
        f"{then}, {name}: {_told(then, case, once)}"
        for then in ("warn", "keepAlive")
        for name, case in cases.items()
    ]
    assert "\n".join(told) == snapshot("""\
warn, another model: replace changed; deleted by the service in 1d unless called
warn, failed verify: keep verify_failed; deleted by the service in 1d unless called
warn, failed by the service: create failed_last
warn, switched off: keep disabled
warn, a stranger in the way: keep foreign; deleted by the service in 1d unless called
keepAlive, another model: replace changed; meanwhile keep_alive
keepAlive, failed verify: update keep_alive; meanwhile keep_alive
keepAlive, failed by the service: create failed_last
keepAlive, switched off: keep disabled
keepAlive, a stranger in the way: update keep_alive; meanwhile keep_alive\
""")


def _told(then: str, state: DeploymentState, once: tuple[Expectation, ...]) -> str:
    """Verb and code, and what is said of its end."""
    update = "versioned" if state.beside else "auto"
    wanted = wanted_deployment(inactivity=rule(then=then), verify=once, update=update)
    decision = KINDS["deployment"].decide(
        wanted, state, Context(NOON, Policy(project="shop"), needs(60))
    )
    ends = [one.partition(";")[0] for one in decision.notices if one.startswith("deleted by")]
    ends += [f"meanwhile {decision.meanwhile.code}"] if decision.meanwhile else []
    return "; ".join([f"{decision.action.verb} {decision.action.code}", *ends])


def test_hibernate() -> None:
    """After `hibernateAfter` without any call it is deleted, unless something speaks against it."""
    cases = {
        "called 2 days ago": living(40, 2),
        "called 3 days ago, and perhaps a moment ago": living(40, 3 + 5 / 1440),
        "called 4 days ago": living(40, 4),
        "made 2 days ago, its name called before": living(2, None, traced=9),
        "made 4 days ago, its name called before": living(4, None, traced=9),
        "never called": living(4, None),
        "refused calls yesterday": living(40, 1, answered=9),
        "protected": living(40, 4, tags=MINE | {"ftctl-protect": "true"}),
        "settings differ": living(40, 4, capacity=10),
        "another model": living(40, 4, sha256=OTHER_BYTES),
        "nobody knows": aged(40, HIDDEN),
        "no date": living(None, 4),
        "no date, called yesterday": living(None, 1),
        "no date, no call": living(None, None),
    }
    sleeper = wanted_deployment(inactivity=SLEEPER)
    assert table(sleeper, cases, needs=needs(60)) == snapshot("""\
called 2 days ago
  keep as_wanted: as declared
  = ready deployment, model
called 3 days ago, and perhaps a moment ago
  keep as_wanted: as declared
  = ready deployment, model
called 4 days ago
  delete hibernate: nobody called it for 4d; saves $1,224.00 in 30 days
  = ready deployment, model
made 2 days ago, its name called before
  keep as_wanted: as declared
  = ready deployment, model
made 4 days ago, its name called before
  delete hibernate: nobody called it for 4d; saves $1,224.00 in 30 days
  = ready deployment, model
never called
  keep as_wanted: as declared
  note: idle for 4d, and never called. It does not hibernate, because its calls are all that
    would tell that it was there; one is enough
  = ready deployment, model
refused calls yesterday
  keep as_wanted: as declared
  = ready deployment, model
protected
  update changed: its settings differ from the manifest
  protect: True -> False
  note: idle for 4d; it does not hibernate, because it is protected
  = degraded deployment, model differs in protect
settings differ
  delete hibernate: nobody called it for 4d; saves $1,224.00 in 30 days
  = ready deployment, model
another model
  replace changed: another model: in place if the service can; else deleted and made again
    (calls fail meanwhile, for 2 to 10 minutes as a rule)
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in model
nobody knows
  keep as_wanted: as declared
  note: when it was called last is not known: nobody here may read the metrics of account/sweden
    (assign the role "Monitoring Reader" on the account)
  = ready deployment, model
no date
  keep as_wanted: as declared
  note: it does not hibernate, because the service does not say when it was made
  = ready deployment, model
no date, called yesterday
  keep as_wanted: as declared
  = ready deployment, model
no date, no call
  keep as_wanted: as declared
  note: it does not hibernate, because the service does not say when it was made
  = ready deployment, model\
""")


def test_it_does_not_sleep_before_it_is_ours() -> None:
    """The wish to adopt is no leave to delete: it is taken over first."""
    adopter = wanted_deployment(inactivity=SLEEPER, may_adopt=True)
    theirs = {"theirs": living(40, 4, tags={"team": "other"})}
    assert table(adopter, theirs, needs=needs(60)) == snapshot("""\
theirs
  update changed: taken over
  owner: None -> project shop
  = held not made by this project, and not taken over yet\
""")


def test_a_new_model_is_use() -> None:
    """What serves a model that was trained yesterday is not idle, whenever it was called."""
    sleeper = wanted_deployment(inactivity=SLEEPER)
    assert table(sleeper, {"called 4 days ago": living(40, 4)}, needs=needs(1)) == snapshot("""\
called 4 days ago
  keep as_wanted: as declared
  = ready deployment, model\
""")


def test_protected_by_the_manifest() -> None:
    """A protected deployment does not sleep, and the plan says so."""
    guarded = wanted_deployment(inactivity=SLEEPER, is_protected=True)
    tags = MINE | {"ftctl-protect": "true"}
    cases = {
        "4 days": living(40, 4, tags=tags),
        "11 days": living(40, 11, tags=tags),
        "never called": living(11, None, tags=tags),
        "nobody knows": aged(40, HIDDEN, tags=tags),
    }
    assert table(guarded, cases, needs=needs(60)) == snapshot("""\
4 days
  keep as_wanted: as declared
  note: idle for 4d; it does not hibernate, because it is protected
  = ready deployment, model
11 days
  keep as_wanted: as declared
  note: idle for 11d; it does not hibernate, because it is protected
  note: deleted by the service in 4d unless called; last call 11d ago; hosting since then
    $448.80
  = ready deployment, model deleted by the service in 4d unless called; last call 11d ago;
    hosting since then $448.80
never called
  keep as_wanted: as declared
  note: idle for 11d; it does not hibernate, because it is protected
  note: deleted by the service in 4d unless called; never called; hosting so far $448.80
  = ready deployment, model deleted by the service in 4d unless called; never called; hosting so
    far $448.80
nobody knows
  keep as_wanted: as declared
  note: when it was called last is not known: nobody here may read the metrics of account/sweden
    (assign the role "Monitoring Reader" on the account)
  = ready deployment, model\
""")
    agreed = wanted_deployment(
        inactivity=rule(hibernateAfter="3d", then="accept"), is_protected=True
    )
    assert table(agreed, cases, needs=needs(60)) == snapshot("""\
4 days
  keep as_wanted: as declared
  note: idle for 4d; it does not hibernate, because it is protected
  = ready deployment, model
11 days
  keep as_wanted: as declared
  note: idle for 11d; it does not hibernate, because it is protected
  = ready deployment, model deleted by the service in 4d unless called; last call 11d ago;
    hosting since then $448.80
never called
  keep as_wanted: as declared
  note: idle for 11d; it does not hibernate, because it is protected
  = ready deployment, model deleted by the service in 4d unless called; never called; hosting so
    far $448.80
nobody knows
  keep as_wanted: as declared
  note: when it was called last is not known: nobody here may read the metrics of account/sweden
    (assign the role "Monitoring Reader" on the account)
  = ready deployment, model\
""")


def test_unknown() -> None:
    """Unknown is said as soon as it matters, with the role that is missing; never "inactive"."""
    cases = {
        "made 12 days ago": aged(12, HIDDEN),
        "no date": aged(None, HIDDEN),
        "no date, called yesterday": living(None, 1),
        "no date, called 11 days ago": living(None, 11),
        "no date, no call": living(None, None),
    }
    assert table(wanted_deployment(), cases, needs=needs(60)) == snapshot("""\
made 12 days ago
  keep as_wanted: as declared
  note: when it was called last is not known: nobody here may read the metrics of account/sweden
    (assign the role "Monitoring Reader" on the account); it stays until 2026-11-23 at least
  = ready deployment, model
no date
  keep as_wanted: as declared
  note: when it was called last is not known: nobody here may read the metrics of account/sweden
    (assign the role "Monitoring Reader" on the account)
  = ready deployment, model
no date, called yesterday
  keep as_wanted: as declared
  = ready deployment, model
no date, called 11 days ago
  keep as_wanted: as declared
  note: deleted by the service in 4d unless called; last call 11d ago; hosting since then
    $448.80
  = ready deployment, model deleted by the service in 4d unless called; last call 11d ago;
    hosting since then $448.80
no date, no call
  keep as_wanted: as declared
  note: when the service deletes it is not known: the service does not say when it was made
  = ready deployment, model\
""")


def test_developer_tier() -> None:
    """A countdown from the first day on; no rule of inactivity changes that."""
    brief = wanted_deployment(sku="DeveloperTier", inactivity=rule(then="keepAlive"))
    cases = {
        "half a day old": living(0.5, None, sku="DeveloperTier"),
        "nobody knows of calls": aged(0.9, HIDDEN, sku="DeveloperTier"),
    }
    assert table(brief, cases, needs=needs(60)) == snapshot("""\
half a day old
  keep as_wanted: as declared
  note: deleted by the service in 12h, when its 24 hours are up
  = ready deployment, model deleted by the service in 12h, when its 24 hours are up
nobody knows of calls
  keep as_wanted: as declared
  note: deleted by the service in 2h 24m, when its 24 hours are up
  = ready deployment, model deleted by the service in 2h 24m, when its 24 hours are up\
""")


def test_what_makes_no_sense() -> None:
    """Contradictions are found when the manifest is read."""
    cases = {
        "nothing written": Inactivity(),
        "too late": rule(warnAfter="15d", hibernateAfter="20d"),
        "too soon": rule(hibernateAfter="30m"),
        "awake and asleep": rule(then="keepAlive", hibernateAfter="3d"),
    }
    texts = [
        f"{name}: {one.message}"
        for name, written in cases.items()
        for one in remarks(written, is_developer=False, is_protected=False)
        if one.is_error
    ]
    assert "\n".join(texts) == snapshot("""\
too late: inactivity.warnAfter must be less than 15d, when the service deletes it
too late: inactivity.hibernateAfter must be less than 15d, when the service deletes it
too soon: inactivity.hibernateAfter must be at least 1h: calls are counted by the hour
awake and asleep: it cannot be kept alive and hibernate as well\
""")


def test_what_does_nothing() -> None:
    """A rule that cannot act is a warning."""
    asleep = remarks(SLEEPER, is_developer=False, is_protected=True)
    brief = remarks(rule(then="accept"), is_developer=True, is_protected=False)
    texts = [one.message for one in (*asleep, *brief) if not one.is_error]
    assert "\n".join(texts) == snapshot("""\
a protected deployment does not hibernate, so hibernateAfter does nothing
a DeveloperTier deployment ends after 24 hours, called or not, so inactivity does nothing\
""")


def test_how_young_is_too_young() -> None:
    """Nothing is asked about a deployment before the first moment at which something is due."""
    ages = {
        "warn": rule(),
        "hibernate": rule(hibernateAfter="3d"),
        "late warning": rule(warnAfter="14d"),
        "keepAlive": rule(then="keepAlive", warnAfter="14d", keepAliveBefore="4d"),
    }
    assert {name: one.acts_from.days for name, one in ages.items()} == {
        "warn": 10,
        "hibernate": 3,
        "late warning": 14,
        "keepAlive": 11,
    }


@pytest.mark.parametrize("days", [0, 5.3, 9.7, 12.9])
def test_keep_alive_never_comes_too_late(days: float) -> None:
    """With a look a day, and two days of room, one look always falls into the time to call."""
    kept = wanted_deployment(inactivity=rule(then="keepAlive"))
    looks = [living(40, days + number) for number in range(16)]
    told = table(kept, {str(number): look for number, look in enumerate(looks)}, needs=needs(60))
    first = next(number for number, look in enumerate(looks) if _calls(kept, look))
    end = ago(days + first) + timedelta(days=15)
    assert f"{Verb.UPDATE} keep_alive" in told
    assert end > NOON


def _calls(wanted: object, state: object) -> bool:
    return "keep_alive" in table(wanted, {"": state}, needs=needs(60))  # type: ignore[arg-type]
