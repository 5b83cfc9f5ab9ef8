"""A plan can refuse itself, with the arithmetic in the message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.address import named
from reconciler.planning.desired import Desired, Observed
from reconciler.planning.kind import Absence
from reconciler.planning.plan import Plan, adds_hosting, hosting_cost, training_cost
from reconciler.planning.policy import Policy
from reconciler.planning.supply import taken, way_out

COUNTED_FROM = 10  # below this many of a kind, a share says nothing
UNPRICED = (
    "Pass --allow-unknown-cost to go ahead all the same, or write its price into the file that "
    "spec.catalogue of the Project names."
)


@dataclass(frozen=True)
class Refusal:
    """Why nothing of a plan may be carried out, and the way out."""

    guard: str
    message: str
    way_out: str


def refusals(proposal: Plan, desired: Desired, observed: Observed) -> list[Refusal]:
    """Every bound of the policy that the plan would break."""
    policy = desired.policy
    return [
        *_protection(proposal, policy),
        *_training_budget(proposal, policy),
        *_hosting_budget(proposal, policy),
        *_share(proposal, Verb.DELETE, policy.max_deletes, observed, policy),
        *_share(proposal, Verb.REPLACE, policy.max_replaces, observed, policy),
        *_limits(proposal, observed, policy),
    ]


def _protection(proposal: Plan, policy: Policy) -> Iterator[Refusal]:
    if policy.allow_protected:
        return
    for action in proposal.steps:
        if action.is_protected and action.verb in {Verb.DELETE, Verb.REPLACE}:
            yield Refusal(
                "protect",
                f"{action.address} is protected, and the plan would {action.verb} it.",
                "Pass --allow-protected, or set protect: false in a change of its own.",
            )


def _training_budget(proposal: Plan, policy: Policy) -> Iterator[Refusal]:
    if policy.training_budget is None:
        return
    _low, high, unknown = training_cost(proposal.steps)
    if high > policy.training_budget:
        yield Refusal(
            "budget.trainingPerApply",
            f"Training costs up to ${high:,.2f}; the budget of one apply is "
            f"${policy.training_budget:,.2f}.",
            "Raise spec.budget.trainingPerApply of the Project, or train less at once.",
        )
    if unknown and not policy.allow_unknown_cost:
        yield Refusal(
            "budget.trainingPerApply",
            f"What training {named(unknown)} costs is not known, and the Project sets a budget.",
            UNPRICED,
        )


def _hosting_budget(proposal: Plan, policy: Policy) -> Iterator[Refusal]:
    if policy.hosting_budget is None:
        return
    total, unknown = hosting_cost(proposal.hosted)
    if total > policy.hosting_budget and any(map(adds_hosting, proposal.steps)):
        more = ", and more of unknown price" if unknown else ""
        yield Refusal(
            "budget.hostingPerMonth",
            f"Hosting would cost ${total:,.2f} in 30 days{more}; the budget is "
            f"${policy.hosting_budget:,.2f}.",
            "Raise spec.budget.hostingPerMonth of the Project, or remove a deployment.",
        )
    _new, unknown = hosting_cost(filter(adds_hosting, proposal.steps))
    if unknown and not policy.allow_unknown_cost:
        yield Refusal(
            "budget.hostingPerMonth",
            f"What hosting {named(unknown)} costs is not known, and the Project sets a budget.",
            UNPRICED,
        )


def _share(
    proposal: Plan, verb: Verb, limit: float, observed: Observed, policy: Policy
) -> Iterator[Refusal]:
    """What is too much at once to be meant; each hibernation is, and ftctl wake undoes it."""
    if policy.force:
        return
    existing = _existing(observed)
    steps = (one for one in proposal.steps if one.code is not ReasonCode.HIBERNATE)
    doomed = Counter(one.address.kind for one in steps if one.verb is verb)
    for kind, count in sorted(doomed.items()):
        there = existing[kind]
        if there >= COUNTED_FROM and count / there > limit:
            yield Refusal(
                f"guard.max{verb.capitalize()}s",
                f"The plan would {verb} {count} of {there} {kind} resources "
                f"({count / there:.0%}); the guard allows {limit:.0%}.",
                "Pass --force if that is meant.",
            )


def _limits(proposal: Plan, observed: Observed, policy: Policy) -> Iterator[Refusal]:
    """What the whole plan takes of each supply, what it gives back already counted."""
    if policy.force:
        return
    total = taken(proposal.steps)
    for key, supply in sorted(observed.supplies.items()):
        if not supply.unknown and total[key] > supply.left:
            yield Refusal(
                "limit",
                f"Of {supply.what}, the plan needs {total[key]:,} more; "
                f"{supply.left:,} of {supply.limit:,} are left.",
                way_out(supply, key, proposal.steps),
            )


def _existing(observed: Observed) -> Counter[str]:
    there = (one for one, state in observed.states.items() if not isinstance(state, Absence))
    kinds: Iterable[str] = (address.kind for address in there)
    return Counter([*kinds, *(one.address.kind for one in observed.others if one.is_ours)])
