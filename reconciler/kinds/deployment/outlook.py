"""What will become of a deployment, in words: until when it lives, and what it has cost. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import assert_never

from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.forecast import while_paused
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.inactivity import is_warned, sleeps_at
from reconciler.kinds.deployment.lifetime import NOT_ASKED, Life, Unknown, Use, is_developer
from reconciler.kinds.deployment.steps import Call, Hibernate
from reconciler.kinds.deployment.vanished import Again, StayAway
from reconciler.planning.action import AWAY, Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.phrases import joined
from reconciler.planning.spans import duration
from reconciler.planning.standing import Phase, Standing


def away(why: Again | StayAway) -> Standing:
    """Where one stands that is not there."""
    is_fine = isinstance(why, StayAway) and why.code in AWAY
    return Standing(Phase.ASLEEP if is_fine else Phase.MISSING, detail=why.why)


def action(at: Address, goal: DeploymentGoal, step: StayAway | Hibernate | Call) -> Action:
    """A step that time alone has led to, in words."""
    match step:
        case StayAway(code, why):
            return Action(at, Verb.KEEP, code, why)
        case Hibernate(idle):
            undo = f"ftctl wake {goal.name}; the model stays"
            reason = f"nobody called it for {duration(idle)}{saving(goal)}"
            return Action(at, Verb.DELETE, ReasonCode.HIBERNATE, reason, undo=undo)
        case Call():
            undo = "not needed: it is only called"
            return Action(at, Verb.UPDATE, ReasonCode.KEEP_ALIVE, calling(step), undo=undo)
        case _:
            assert_never(step)


def calling(step: Call) -> str:
    """What is done to keep it, and what would become of it otherwise."""
    left = step.left
    end = f"deletes it in {duration(left)}" if left > timedelta() else "may delete it"
    return f"one short call, or the service {end}"


def detail(case: Case) -> str:
    """What `status` says of one that answers, or is paused."""
    life = case.life
    if life and life.is_paused:
        return while_paused(life)
    life = life if case.answering else None
    is_counted = life is not None and (life.is_developer or is_warned(case.goal.inactivity, life))
    return countdown(life) if life and is_counted else ""


def notices(case: Case) -> Iterator[str]:
    """What a plan says of one that answers or is paused, whatever else has to be done about it."""
    life = case.life
    if life and life.is_paused:
        yield while_paused(life)
    elif life is None or case.answering is None:
        return
    elif life.is_developer:
        yield f"{countdown(life)}{_moved(case.goal.sku)}"
    elif not is_developer(case.goal.sku):  # which no rule of inactivity holds for
        yield from _idle(case, life)


def _moved(sku: str) -> str:
    """UNVERIFIED: what the service does about one that is not DeveloperTier any more."""
    prevented = f"; whether a change to {sku} prevents that is not documented"
    return "" if is_developer(sku) else prevented


def _idle(case: Case, life: Life) -> Iterator[str]:
    rule = case.goal.inactivity
    limit, is_warning = rule.hibernate_after, rule.then == "warn"
    if isinstance(life.use, Unknown):
        if life.use != NOT_ASKED and (is_warning or limit):
            yield _untold(life, life.use)
        return
    if limit:
        yield from _sleepless(case, life, limit)
    # Before the service deletes what may hibernate, ftctl does.
    is_left_to_it = is_warning and (case.is_protected or not limit)
    if isinstance(life.quiet_since, Unknown):
        yield from [countdown(life)] if is_left_to_it or rule.then == "keepAlive" else []
    elif is_left_to_it and is_warned(rule, life):
        yield countdown(life)


def _untold(life: Life, unknown: Unknown) -> str:
    hint = f" ({unknown.hint})" if unknown.hint else ""
    end = life.expires_not_before
    is_ahead = not isinstance(end, Unknown) and end > life.at
    least = f"; it stays until {end:%Y-%m-%d} at least" if is_ahead else ""
    return f"when it was called last is not known: {unknown.why}{hint}{least}"


def _sleepless(case: Case, life: Life, limit: timedelta) -> Iterator[str]:
    """Why something does not hibernate although it is time."""
    since, quiet = life.idle_since, life.quiet_since
    if isinstance(since, Unknown):
        if isinstance(quiet, Unknown) or life.at - quiet >= limit:
            yield f"it does not hibernate, because {since.why}"
        return
    idle = life.at - max(since, case.trained_at or since)
    if idle < limit:
        return
    if case.is_protected:
        yield f"idle for {duration(idle)}; it does not hibernate, because it is protected"
    elif sleeps_at(case.goal.inactivity, life, case.trained_at) is None:
        yield (
            f"idle for {duration(idle)}, and never called. It does not hibernate, because its "
            "calls are all that would tell that it was there; one is enough"
        )
    elif draining := [name for end, name in case.draining if end > life.at]:
        yield f"idle for {duration(idle)}; it does not hibernate while {_drains(draining)}"


def _drains(names: list[str]) -> str:
    return f"{joined(names)} {'drains' if len(names) == 1 else 'drain'}"


def countdown(life: Life) -> str:
    """Until when it lives, since when nobody called it, and what that has cost."""
    end = life.expires_at
    if isinstance(end, Unknown):
        return f"when the service deletes it is not known: {end.why}"
    left = duration(end - life.at) if end > life.at else ""
    deleted = f"deleted by the service in {left}" if left else "deleted by the service any moment"
    if life.is_developer:
        return f"{deleted}, when its 24 hours are up"
    return "; ".join(filter(None, [f"{deleted} unless called", last_call(life), _since_then(life)]))


def last_call(life: Life) -> str:
    """When it was called last, as far as that is known."""
    use = life.use
    if isinstance(use, Unknown):
        return "last call not known"
    if use.answered is None:
        refused = f", only refused, {duration(life.at - use.tried)} ago" if use.tried else ""
        return f"never called{refused}" if not refused else f"never answered{refused}"
    refused = "; later ones refused" if use.tried and use.tried > use.answered else ""
    return f"last call {duration(life.at - use.answered)} ago{refused}"


def _since_then(life: Life) -> str:
    cost = life.hosting_since(life.quiet_since)
    is_called = isinstance(life.use, Use) and life.use.answered is not None
    return f"hosting {'since then' if is_called else 'so far'} {money(cost)}" if cost else ""


def saving(goal: DeploymentGoal) -> str:
    """What a month without it saves."""
    cost = goal.facts.hosting_per_month
    return f"; saves {money(cost)} in 30 days" if cost else ""


def money(amount: Decimal) -> str:
    return f"${amount:,.2f}"
