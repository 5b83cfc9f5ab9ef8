"""What a look at the service adds to what the manifests say by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.manifest.loading import Loaded, placed
from reconciler.manifest.mistakes import Mistake
from reconciler.planning.action import Action, ReasonCode
from reconciler.planning.address import Address
from reconciler.planning.desired import Observed, standings
from reconciler.planning.kind import Remark
from reconciler.planning.plan import plan
from reconciler.planning.standing import Phase, Standing

UNTIL = "it is not submitted again until the data or revision changes"


def refused_before(loaded: Loaded, observed: Observed) -> Iterator[Mistake]:
    """A warning for each resource that the service has refused, as it is now, already."""
    for address, standing in standings(loaded.desired, observed).items():
        if standing.phase is Phase.REFUSED:
            yield _at(loaded, address, Remark(("training",), _refusal(standing), is_error=False))


def _refusal(standing: Standing) -> str:
    when = f" on {standing.since:%Y-%m-%d}" if standing.since else ""
    return f"refused{when}: {standing.detail.rstrip('.')}; {UNTIL}"


def absent(loaded: Loaded, observed: Observed) -> Iterator[Mistake]:
    """A mistake for each account that is not there."""
    for action in plan(loaded.desired, observed).actions:
        if action.code is ReasonCode.ABSENT:
            yield _not_there(loaded, action)


def _not_there(loaded: Loaded, action: Action) -> Mistake:
    hint = "Correct its name, resource group or subscription; ftctl never creates accounts."
    return _at(loaded, action.address, Remark(("accountName",), action.reason, hint))


def unreachable(loaded: Loaded, account: Address, message: str, hint: str) -> Mistake:
    """A mistake for an account that does not say what is there."""
    return _at(loaded, account, Remark(("accountName",), message, hint))


def _at(loaded: Loaded, address: Address, remark: Remark) -> Mistake:
    return placed(loaded.entries[address], remark)
