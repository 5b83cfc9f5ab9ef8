"""What `ftctl destroy` would do: users go before what they use, and what has to stay says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from reconciler.planning.action import Action, Deferred, Notice, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.planning.phrases import count, joined
from reconciler.planning.plan import Plan, decided, goes_on
from reconciler.planning.standing import Standing

DEPLOYMENT, MODEL = "deployment", "finetunedmodel"


def plan_destroy(desired: Desired, observed: Observed, kinds: frozenset[str]) -> Plan:
    """Delete what is there of these kinds, users before what they use.

    What others use stays, and so does whatever is where nobody could look.
    """
    doomed = {one.address: one for one in _doomed(desired, observed, kinds)}
    going = {id_: one.address for one in doomed.values() for id_ in one.ids}
    actions: list[Action] = []
    deferred: list[Deferred] = []
    kept: set[Address] = set()
    for address, action in doomed.items():  # users come first
        users = [one for one in desired.users_of(address) if one in doomed]
        users += [going[id_] for id_ in sorted(action.users & going.keys())]
        if staying := {*(action.users - going.keys()), *(str(one) for one in users if one in kept)}:
            actions.append(_in_use(action, staying))
            kept.add(address)
        elif users:
            deferred.append(Deferred(address, tuple(dict.fromkeys(users)), action))
        else:
            actions.append(action)
    gone = doomed.keys() - kept
    actions = [_with_its_model(desired, one, gone) for one in actions]
    unseen = _unseen(desired, observed, kinds)
    left = _spared(desired, observed, kinds, gone)
    return Plan((*actions, *unseen), tuple(deferred), tuple(left))


def _with_its_model(desired: Desired, action: Action, gone: Collection[Address]) -> Action:
    """The way back of a deployment is its model."""
    needs = desired.wanted[action.address].needs
    models = [one for one in needs if one in gone and one.kind == MODEL]
    if action.verb is not Verb.DELETE or action.address.kind != DEPLOYMENT or not models:
        return action
    return replace(action, undo=f"none: {joined(models)} goes, too")


def _doomed(desired: Desired, observed: Observed, kinds: frozenset[str]) -> Iterator[Action]:
    """What is there of these kinds, and would be deleted if nothing else used it."""
    stand = standings(desired, observed)
    for address in reversed(list(desired.wanted)):
        state = observed.states.get(address)
        if address.kind not in kinds or state is None or not _is_there(stand[address]):
            continue
        action = desired.kind_of(address).retire(address, state)
        is_protected = action.is_protected or _is_protected(desired, observed, address, stand)
        yield replace(action, code=ReasonCode.DESTROY, is_protected=is_protected)


def _in_use(action: Action, staying: Collection[str]) -> Action:
    """The service would refuse to delete it, or others would miss it."""
    verb, those = ("uses", "that") if len(staying) == 1 else ("use", "those")
    why = f"stays, because {joined(sorted(staying))} still {verb} it; delete {those} first"
    return Action(action.address, Verb.KEEP, ReasonCode.IN_USE, why)


def _unseen(desired: Desired, observed: Observed, kinds: frozenset[str]) -> Iterator[Action]:
    """The accounts that cannot be seen: nobody knows what of these kinds is on them."""
    stand = standings(desired, observed)
    for address in desired.wanted:
        action = decided(desired, observed, address, stand).action
        is_used = any(user.kind in kinds for user in desired.users_of(address))
        if is_used and action.is_stuck and action.code is ReasonCode.ABSENT:
            text = (
                f"{action.reason}, so nobody knows what is on it; if it is gone, take it and what "
                "was on it out of the manifests"
            )
            yield replace(action, reason=text)


def _spared(
    desired: Desired, observed: Observed, kinds: frozenset[str], gone: Collection[Address]
) -> Iterator[Notice]:
    """Of what is ours, and stays because no manifest wants it."""
    ours = [one for one in observed.others if one.is_ours and one.address.kind in kinds]
    yield from (goes_on(desired, one) for one in ours if one.address.kind == DEPLOYMENT)
    versions = Counter(
        Address(one.address.kind, one.address.name.partition("@")[0])
        for one in ours
        if one.address.kind == MODEL
    )
    for address, number in sorted(versions.items()):
        if address in desired.wanted:
            way_out = "delete those in the portal: an apply would train the newest again"
            if address in gone:
                way_out = (
                    "to delete those too, apply with keep: {versions: 1} here and "
                    f"{desired.kind_of(address).name} in spec.prune of the Project before this"
                )
            stay = "stays" if number == 1 else "stay"
            yield Notice(f"{count(number, 'other version')} of it {stay}; {way_out}", address)


def _is_protected(
    desired: Desired, observed: Observed, address: Address, stand: Mapping[Address, Standing]
) -> bool:
    """Whether the manifest protects it, also where the service has not been told yet."""
    return decided(desired, observed, address, stand).action.is_protected


def _is_there(standing: Standing) -> bool:
    return bool(standing.ids)
