"""An account is there, or nothing on it can be done."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.account.state import AccountState
from reconciler.planning.action import Action, Decision, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing


def describe(
    wanted: Wanted, state: AccountState | None, _needs: Mapping[Address, Standing]
) -> Standing:
    if state is None:
        return Standing(Phase.MISSING, detail="not found; ftctl never creates accounts")
    return Standing(Phase.READY, {"account": wanted.goal.account_name}, since=state.created_at)


def decide(wanted: Wanted, state: AccountState | None, _context: Context) -> Decision:
    place = wanted.goal
    if state is None:
        reason = f"no account {place.account_name} in resource group {place.resource_group}"
        return Decision(Action(wanted.address, Verb.KEEP, ReasonCode.ABSENT, reason))
    notices: tuple[str, ...] = ()
    if state.region and state.region.lower().replace(" ", "") != place.region:
        notices = (f"it is in {state.region}, and the manifest says {place.region}",)
    keep = Action(wanted.address, Verb.KEEP, ReasonCode.AS_WANTED, "it is there")
    return Decision(keep, notices)


def retire(address: Address, _state: AccountState) -> Action:
    return Action(address, Verb.KEEP, ReasonCode.AS_WANTED, "ftctl never deletes accounts")
