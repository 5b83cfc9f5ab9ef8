"""The plan: a plain function of what is wanted and what is there.

Every wanted resource comes out exactly once, as an action or as deferred. An action that would
change something is deferred while a resource that it needs is not ready; what it will do then is
decided here and now, because a plan is a promise about the most that may happen. It is deferred as
well while the service has no place for it in a queue (turns.py). Beside what is deferred stands an
action for what cannot wait: the call without which the service would delete what still serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reconciler.planning.action import Action, Decision, Deferred, Notice, ReasonCode, Verb
from reconciler.planning.address import Address, named
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.planning.kind import Context, Found, Wanted
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Standing
from reconciler.planning.supply import gives, short_of, uncounted
from reconciler.planning.turns import allot, in_turn

# Saves money whatever else is going on, so it waits for nothing and needs no further leave.
ALWAYS = frozenset({ReasonCode.TWIN})
# Needs nothing but the deployment that is there, which the service deletes otherwise.
AT_ONCE = ALWAYS | {ReasonCode.KEEP_ALIVE}


@dataclass(frozen=True)
class Plan:
    """What would happen, in the order in which it would."""

    actions: tuple[Action, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    notices: tuple[Notice, ...] = ()
    beside: tuple[Action, ...] = ()  # what is there and no part of the plan, though wanted

    @property
    def steps(self) -> tuple[Action, ...]:
        """Every action that changes something, now or later."""
        return tuple(action for action in self.everything if action.is_active)

    @property
    def in_line(self) -> tuple[Deferred, ...]:
        """What could be done now if its queue had a place."""
        return tuple(one for one in self.deferred if one.is_in_line)

    @property
    def everything(self) -> tuple[Action, ...]:
        """Every action, now or later, whether or not it changes something."""
        return (*self.actions, *(one.then for one in self.deferred))

    @property
    def hosted(self) -> tuple[Action, ...]:
        """Everything that may have to be hosted from now on."""
        return (*self.everything, *self.beside)

    @property
    def has_changes(self) -> bool:
        return bool(self.steps)

    @property
    def is_settled(self) -> bool:
        """Whether everything is as wanted and nothing is under way or stuck."""
        return not self.deferred and all(
            one.verb is Verb.KEEP and not one.is_stuck for one in self.actions
        )

    def count(self) -> dict[str, int]:
        """How many resources each verb has, those still waiting for others included."""
        counts = {verb.value: 0 for verb in Verb}
        for action in self.everything:
            counts[action.verb] += 1
        stuck = sum(one.is_stuck for one in self.actions)
        in_line = sum(one.queue is not None for one in self.deferred)
        return {**counts, "deferred": len(self.deferred), "in_line": in_line, "stuck": stuck}


def plan(desired: Desired, observed: Observed) -> Plan:
    """What it takes to get from what is there to what is wanted."""
    stand = standings(desired, observed)
    actions: list[Action] = []
    deferred: list[Deferred] = []
    notices = list(desired.notices)
    for address, wanted in desired.wanted.items():
        decision = decided(desired, observed, address, stand)
        notices += [Notice(text, address) for text in decision.notices]
        blockers = _blockers(decision.action, wanted, stand)
        if blockers:
            deferred.append(Deferred(address, blockers, decision.action))
            actions += filter(None, [decision.meanwhile])
        else:
            actions.append(decision.action)
    going, held = allot(actions, deferred, observed.queues)
    pruned, following, left = _prune(desired, observed.others)
    left += [Notice(one.advice) for _key, one in sorted(observed.supplies.items()) if one.advice]
    short = short_of(going, observed.supplies)
    freeing = [one for one in pruned if gives(one, short)]
    rest = [one for one in pruned if not gives(one, short)]
    everyone = (*going, *(one.then for one in held))
    left += _making_room(pruned, everyone, short_of(everyone, observed.supplies))
    ordered = (*freeing, *in_turn(going, desired.needs), *rest)
    proposal = Plan(ordered, (*held, *following), (*notices, *left))
    told = [*uncounted(proposal.steps, observed.supplies), *_over_budget(proposal, desired.policy)]
    return replace(proposal, notices=(*proposal.notices, *map(Notice, told)))


def plan_only(desired: Desired, observed: Observed, only: frozenset[Address]) -> Plan:
    """What it takes for these resources alone; the rest stays as it is, wanted or not."""
    policy = replace(desired.policy, prune=frozenset())
    whole = plan(replace(desired, policy=policy), observed)
    return Plan(
        tuple(one for one in whole.actions if one.address in only),
        tuple(one for one in whole.deferred if one.address in only),
        tuple(one for one in whole.notices if one.address in only),
        tuple(
            one
            for one in whole.everything
            if one.address not in only and one.verb is not Verb.CREATE and not one.is_away
        ),
    )


def decided(
    desired: Desired, observed: Observed, address: Address, stand: Mapping[Address, Standing]
) -> Decision:
    wanted = desired.wanted[address]
    context = Context(observed.at, desired.policy, {need: stand[need] for need in wanted.needs})
    return desired.kind_of(address).decide(wanted, observed.states.get(address), context)


def _blockers(
    action: Action, wanted: Wanted, stand: Mapping[Address, Standing]
) -> tuple[Address, ...]:
    if not action.is_active or action.code in AT_ONCE:
        return ()
    return tuple(need for need in wanted.needs if not stand[need].is_ready)


def _prune(
    desired: Desired, others: Iterable[Found]
) -> tuple[list[Action], list[Deferred], list[Notice]]:
    """What goes now, what goes after those who use it have gone, and what is only spoken of."""
    pruned: list[Action] = []
    left: list[Notice] = []
    used: list[Found] = []
    going: dict[str, Address] = {}
    for found in sorted(others, key=lambda one: one.address):
        if not found.is_ours or found.is_kept:
            continue
        if found.address.kind in desired.policy.prune and found.users:
            used.append(found)
        elif found.address.kind in desired.policy.prune:
            pruned.append(desired.kind_of(found.address).retire(found.address, found.state))
            going |= dict.fromkeys(found.ids, found.address)
        elif found.address.kind == "deployment":
            left.append(goes_on(desired, found))
    return pruned, [*_following(desired, used, going)], left


def goes_on(desired: Desired, found: Found) -> Notice:
    """Of a deployment that nobody wants, and that is not to be pruned."""
    text = (
        f"no manifest wants it any more; it stays and goes on costing. Add "
        f"{desired.kind_of(found.address).name} to spec.prune of the Project to delete it"
    )
    return Notice(text, found.address)


def _over_budget(proposal: Plan, policy: Policy) -> Iterator[str]:
    """Where hosting costs too much already; a plan that adds to it is refused."""
    total, _unknown = hosting_cost(proposal.hosted)
    budget = policy.hosting_budget
    if budget is not None and total > budget and not any(map(adds_hosting, proposal.steps)):
        yield (
            f"hosting costs ${total:,.2f} in 30 days; budget.hostingPerMonth of the Project allows "
            f"${budget:,.2f}, so nothing more can be made"
        )


def _making_room(
    pruned: Iterable[Action], wanted: Iterable[Action], short: Iterable[str]
) -> Iterator[Notice]:
    """Of what goes before others are there, because there is not enough for both."""
    listed = list(wanted)
    for one in pruned:
        given = [key for key in short if gives(one, [key])]
        takers = [
            other.address for other in listed if any(other.takes.get(key, 0) > 0 for key in given)
        ]
        if takers:
            text = f"goes before {named(takers)} can be made: there is not enough for both at once"
            yield Notice(text, one.address)


def _following(
    desired: Desired, used: Iterable[Found], going: Mapping[str, Address]
) -> Iterator[Deferred]:
    """Those all of whose users go."""
    for found in used:
        if found.users <= going.keys():
            users = tuple(sorted({going[one] for one in found.users}))
            action = desired.kind_of(found.address).retire(found.address, found.state)
            yield Deferred(found.address, users, action)


def training_cost(actions: Iterable[Action]) -> tuple[Decimal, Decimal, Sequence[Address]]:
    """The least and the most that the training in a plan costs, and what has no known price."""
    low, high, unknown = Decimal(0), Decimal(0), list[Address]()
    for action in actions:
        if action.verb is not Verb.TRAIN:
            continue
        if action.cost is None or action.cost.training_high is None:
            unknown.append(action.address)
            continue
        low += action.cost.training_low or Decimal(0)
        high += action.cost.training_high
    return low, high, unknown


def hosting_cost(actions: Iterable[Action]) -> tuple[Decimal, Sequence[Address]]:
    """What 30 days of all that will be there cost, and what has no known price.

    What no manifest wants is not counted, nor what is not ours or is deleted.
    """
    total, unknown = Decimal(0), list[Address]()
    for action in actions:
        if action.cost is None or not is_hosted(action):
            continue
        if action.cost.hosting_per_month is None:
            unknown.append(action.address)
        else:
            total += action.cost.hosting_per_month
    return total, unknown


def adds_hosting(action: Action) -> bool:
    """Whether it is there only from now on, or at another price than before."""
    is_new = action.verb is Verb.CREATE or any(one.field == "sku.name" for one in action.changes)
    is_more = action.cost is not None and action.cost.is_more
    return (is_new or is_more or _is_raised_at_unknown_price(action)) and is_hosted(action)


def _is_raised_at_unknown_price(action: Action) -> bool:
    """Some are paid by the unit of capacity, and those have no price in the catalogue."""
    is_unknown = action.cost is not None and action.cost.hosting_per_month is None
    raised = (one for one in action.changes if one.field == "sku.capacity")
    return is_unknown and any((one.after or 0) > (one.before or 0) for one in raised)


def is_hosted(action: Action) -> bool:
    """Whether its cost is that of keeping it there: a training is paid once."""
    return action.cost is not None and action.verb not in {Verb.TRAIN, Verb.DELETE}
