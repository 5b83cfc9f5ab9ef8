"""What a person approved bounds every later step.

A plan is made again at each look. A step that becomes possible later is taken only if the
approved plan covers it: the same verb, or a lesser one that leads to the same end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.plan import ALWAYS, Plan

COVERS: Mapping[Verb, frozenset[Verb]] = {
    Verb.CREATE: frozenset({Verb.CREATE, Verb.UPDATE}),
    Verb.UPDATE: frozenset({Verb.UPDATE}),
    Verb.REPLACE: frozenset({Verb.REPLACE, Verb.CREATE, Verb.UPDATE}),
    Verb.DELETE: frozenset({Verb.DELETE}),
    Verb.TRAIN: frozenset({Verb.TRAIN}),
    Verb.WAIT: frozenset(),
    Verb.KEEP: frozenset(),
}

# What the plan said that moved the pointer, or waited, or told what stays for a person.
FOLLOWING = frozenset({ReasonCode.DRAINED, ReasonCode.UNCHECKED})


@dataclass(frozen=True)
class Approval:
    """The most that may happen to each resource."""

    actions: Mapping[Address, Action]

    @classmethod
    def of(cls, approved: Plan) -> Approval:
        return cls({action.address: action for action in approved.everything})

    def covers(self, action: Action) -> bool:
        if action.code in ALWAYS:
            return True
        approved = self.actions.get(action.address)
        if approved is None:
            return False
        if action.code in FOLLOWING:
            return approved.verb is not Verb.KEEP or approved.is_stuck
        return action.verb in COVERS[approved.verb]
