"""A plan as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.planning.action import Action, Deferred, Notice, Verb
from reconciler.planning.address import Address, named
from reconciler.planning.phrases import count
from reconciler.planning.plan import Plan, hosting_cost, training_cost
from reconciler.planning.refusals import Refusal
from reconciler.reporting.page import Page
from reconciler.reporting.words import money, no_room, offers, price, spread, total, value

SIGNS = {
    Verb.CREATE: ("+", "green"),
    Verb.UPDATE: ("~", "yellow"),
    Verb.REPLACE: ("±", "magenta"),
    Verb.DELETE: ("-", "red"),
    Verb.TRAIN: ("$", "magenta"),
    Verb.WAIT: (".", "cyan"),
    Verb.KEEP: ("=", "dim"),
}
STUCK = ("!", "red")
LATER = ("?", "cyan")
PLACE = "a place in the queue"
DETAIL = 4  # columns
PLAIN = {Verb.CREATE, Verb.KEEP, Verb.WAIT}  # whose way back goes without saying


def plan_lines(plan: Plan, page: Page, *, is_verbose: bool = False) -> Iterator[str]:
    """Every resource that something happens to, then notices, then the sum."""
    for action in plan.actions:
        if action.verb is not Verb.KEEP or action.is_stuck or is_verbose:
            yield from _action(action, page, is_verbose=is_verbose)
    for one in plan.deferred:
        yield from _deferred(one, page, is_verbose=is_verbose)
    yield from notice_lines(plan.notices, page)
    yield from page.wrap(_sum(plan), 0)
    if costs := " ".join(_costs(plan)):
        yield from page.wrap(costs, 0)


def _action(action: Action, page: Page, *, is_verbose: bool) -> Iterator[str]:
    sign, style = STUCK if action.is_stuck else SIGNS[action.verb]
    yield page.paint(f"{sign} {action.address}", style)
    label = "" if action.verb in {Verb.KEEP, Verb.WAIT} else f"{action.verb}: "
    yield from page.wrap(label + action.reason, DETAIL)
    yield from _details(action, page, is_verbose=is_verbose)


def _deferred(one: Deferred, page: Page, *, is_verbose: bool) -> Iterator[str]:
    sign, style = LATER
    after = ", ".join([*map(str, one.waits_for), *([PLACE] if one.queue else [])])
    heading = page.wrap(f"{sign} {one.address}  (after {after})", 0, hang=DETAIL)
    yield from (page.paint(line, style) for line in heading)
    yield from page.wrap(f"{one.then.verb}: {one.then.reason}", DETAIL)
    if one.queue:
        yield from page.wrap(no_room(one.queue), DETAIL)
    yield from _details(one.then, page, is_verbose=is_verbose)


def _details(action: Action, page: Page, *, is_verbose: bool) -> Iterator[str]:
    for change in action.changes:
        text = f"{change.field}: {value(change.before)} -> {value(change.after)}"
        yield from page.wrap(text, DETAIL)
    if not action.is_active:
        return
    if text := price(action):
        yield from page.wrap(text, DETAIL)
        if is_verbose and action.cost and action.cost.source:
            yield from page.wrap(action.cost.source, DETAIL)
    for offer in offers(action):
        yield from page.wrap(offer, DETAIL)
    if action.undo and (is_verbose or action.verb not in PLAIN):
        yield from page.wrap(f"way back: {action.undo}", DETAIL)


def notice_lines(notices: Iterable[Notice], page: Page) -> Iterator[str]:
    """Each message once, whatever number of resources it is about."""
    addresses: dict[str, list[Address]] = {}
    for notice in notices:
        addresses.setdefault(notice.message, []).extend(filter(None, [notice.address]))
    for message, about in addresses.items():
        text = f"{named(about)}: {message}" if about else message
        first, *rest = page.wrap(text, 0, "note: ", DETAIL)
        yield page.paint(first, "yellow")
        yield from rest


def _sum(plan: Plan) -> str:
    if plan.is_settled and not plan.actions:
        return "Nothing to do."
    away = sum(one.is_away for one in plan.actions)
    gone = f", {away} away" if away else ""
    if plan.is_settled:
        there = count(len(plan.actions) - away, "resource")
        return f"Nothing to do: {there} as wanted{gone}."
    counts = plan.count()
    parts = [f"{counts[verb]} to {verb}" for verb in Verb if counts[verb] and verb in SPOKEN]
    if counts[Verb.WAIT]:
        parts.append(f"{counts[Verb.WAIT]} under way")
    if counts["in_line"]:
        parts.append(
            f"{counts['in_line']} {'waits' if counts['in_line'] == 1 else 'wait'} for {PLACE}"
        )
    if counts["stuck"]:
        parts.append(f"{counts['stuck']} stuck")
    as_wanted = counts[Verb.KEEP] - counts["stuck"] - away
    kept = f" {count(as_wanted, 'resource')} as wanted{gone}." if as_wanted or away else ""
    return f"Plan: {', '.join(parts) or 'nothing'}.{kept}"


def _costs(plan: Plan) -> Iterator[str]:
    """What is paid once for this plan, and what is paid for all that is hosted after it."""
    if plan.is_settled:
        return
    low, high, unpriced = training_cost(plan.steps)
    yield from total("Training", spread(low, high) if high else "", unpriced)
    month, unpriced = hosting_cost(plan.hosted)
    yield from total("Hosting", f"{money(month)} in 30 days" if month else "", unpriced)


SPOKEN = (Verb.CREATE, Verb.UPDATE, Verb.REPLACE, Verb.DELETE, Verb.TRAIN)


def refusal_lines(refusals: Iterable[Refusal], page: Page) -> Iterator[str]:
    """Why nothing was done."""
    for refusal in refusals:
        first, *rest = page.wrap(refusal.message, 0, f"refused ({refusal.guard}): ", DETAIL)
        yield page.paint(first, "red")
        yield from rest
        yield from page.wrap(refusal.way_out, DETAIL)
    yield "Nothing was done."
