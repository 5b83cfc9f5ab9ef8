"""The plan: a plain function of what is wanted and what is there.

Every wanted resource comes out exactly once, as an action or as deferred. An action that would
change something is deferred while a resource that it needs is not ready; what it will do then is
decided here and now, because a plan is a promise about the most that may happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from reconciler.planning.action import Action, Decision, Deferred, Notice, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.planning.kind import Context, Found, Wanted
from reconciler.planning.standing import Standing

# Saves money whatever else is going on, so it waits for nothing and needs no further leave.
ALWAYS = frozenset({ReasonCode.TWIN})


@dataclass(frozen=True)
class Plan:
    """What would happen, in the order in which it would."""

    actions: tuple[Action, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def steps(self) -> tuple[Action, ...]:
        """Every action that changes something, now or later."""
        later = (one.then for one in self.deferred)
        return tuple(action for action in (*self.actions, *later) if action.is_active)

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
        for action in (*self.actions, *(one.then for one in self.deferred)):
            counts[action.verb] += 1
        stuck = sum(one.is_stuck for one in self.actions)
        return {**counts, "deferred": len(self.deferred), "stuck": stuck}


def plan(desired: Desired, observed: Observed) -> Plan:
    """What it takes to get from what is there to what is wanted."""
    stand = standings(desired, observed)
    actions: list[Action] = []
    deferred: list[Deferred] = []
    notices = list(desired.notices)
    for address, wanted in desired.wanted.items():
        decision = _decided(desired, observed, address, stand)
        notices += [Notice(text, address) for text in decision.notices]
        blockers = _blockers(decision.action, wanted, stand)
        if blockers:
            deferred.append(Deferred(address, blockers, decision.action))
        else:
            actions.append(decision.action)
    pruned, left = _prune(desired, observed.others)
    return Plan((*actions, *pruned), tuple(deferred), (*notices, *left))


def plan_only(desired: Desired, observed: Observed, only: frozenset[Address]) -> Plan:
    """What it takes for these resources alone; the rest stays as it is, wanted or not."""
    policy = replace(desired.policy, prune=frozenset())
    whole = plan(replace(desired, policy=policy), observed)
    return Plan(
        tuple(one for one in whole.actions if one.address in only),
        tuple(one for one in whole.deferred if one.address in only),
        tuple(one for one in whole.notices if one.address in only),
    )


def _decided(
    desired: Desired, observed: Observed, address: Address, stand: Mapping[Address, Standing]
) -> Decision:
    wanted = desired.wanted[address]
    context = Context(observed.at, desired.policy, {need: stand[need] for need in wanted.needs})
    return desired.kind_of(address).decide(wanted, observed.states.get(address), context)


def _blockers(
    action: Action, wanted: Wanted, stand: Mapping[Address, Standing]
) -> tuple[Address, ...]:
    if not action.is_active or action.code in ALWAYS:
        return ()
    return tuple(need for need in wanted.needs if not stand[need].is_ready)


def _prune(desired: Desired, others: Iterable[Found]) -> tuple[list[Action], list[Notice]]:
    pruned: list[Action] = []
    left: list[Notice] = []
    for found in sorted(others, key=lambda one: one.address):
        if not found.is_ours or found.is_kept:
            continue
        if found.address.kind in desired.policy.prune:
            pruned.append(desired.kind_of(found.address).retire(found.address, found.state))
        elif found.address.kind == "deployment":
            text = (
                f"no manifest wants it any more; it stays and goes on costing. Add "
                f"{desired.kind_of(found.address).name} to spec.prune of the Project to delete it"
            )
            left.append(Notice(text, found.address))
    return pruned, left


def plan_destroy(desired: Desired, observed: Observed, kinds: frozenset[str]) -> Plan:
    """Delete what is there of these kinds, users before what they use."""
    stand = standings(desired, observed)
    actions: list[Action] = []
    deferred: list[Deferred] = []
    for address in reversed(list(desired.wanted)):
        state = observed.states.get(address)
        if address.kind not in kinds or state is None or not _is_there(stand[address]):
            continue
        action = desired.kind_of(address).retire(address, state)
        is_protected = action.is_protected or _is_protected(desired, observed, address, stand)
        action = replace(action, code=ReasonCode.DESTROY, is_protected=is_protected)
        users = [
            user
            for user in desired.users_of(address)
            if user.kind in kinds and _is_there(stand[user])
        ]
        if users:
            deferred.append(Deferred(address, tuple(users), action))
        else:
            actions.append(action)
    return Plan(tuple(actions), tuple(deferred))


def _is_protected(
    desired: Desired, observed: Observed, address: Address, stand: Mapping[Address, Standing]
) -> bool:
    """Whether the manifest protects it, also where the service has not been told yet."""
    return _decided(desired, observed, address, stand).action.is_protected


def _is_there(standing: Standing) -> bool:
    return bool(standing.ids)


def training_cost(actions: Iterable[Action]) -> tuple[Decimal, Decimal, bool]:
    """The least and the most that the training in a plan costs, and whether all of it is known."""
    low, high, is_known = Decimal(0), Decimal(0), True
    for action in actions:
        if action.verb is not Verb.TRAIN:
            continue
        if action.cost is None or action.cost.training_high is None:
            is_known = False
            continue
        low += action.cost.training_low or Decimal(0)
        high += action.cost.training_high
    return low, high, is_known
