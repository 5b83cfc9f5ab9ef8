"""What nobody wants any more serves until its successor is there. Pure.

The successor of a version, `bot@0badc0de`, or of what is left on another account, `bot@sweden`, is
what has its name, `bot`. That of anything else may be whatever is wanted of its kind: a deployment
that was given another name is one that nobody wants and one that is not there yet.
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.plan import Plan


def heirs(leaving: Action, proposal: Plan, wanted: Collection[Address]) -> tuple[Address, ...]:
    """The wanted ones that may come in its place and are not there yet."""
    return tuple(
        one.address
        for one in proposal.everything
        if one.address in wanted and _is_to_come(one) and _may_follow(one.address, leaving.address)
    )


def _is_to_come(action: Action) -> bool:
    """Whether it is not there yet. What is updated or replaced serves until then."""
    if action.verb is Verb.WAIT:
        return action.code is not ReasonCode.DRAINING
    return action.verb in {Verb.CREATE, Verb.TRAIN}


def _may_follow(heir: Address, leaving: Address) -> bool:
    name, at, _version = leaving.name.partition("@")
    return heir.kind == leaving.kind and (not at or heir.name == name)
