"""Two deployments of one model in an account, which the service may refuse. Pure.

Sources that disagree: "Customize a model with fine-tuning" (2024) and Azure OpenAI quotas
(2026-09-16).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.serving import served
from reconciler.kinds.deployment.state import PROJECT, Neighbour, weights
from reconciler.kinds.deployment.steps import Make, Step, Swap
from reconciler.planning.address import Address
from reconciler.planning.policy import Policy
from reconciler.providers.azure.listings import DeploymentRecord

RULE = "the service may allow one deployment of a custom model in an account"
ALLOW = "If your account does allow it, oneDeploymentPerModel: allow in the Project silences this."
PRUNED = (
    "It is pruned, too, but as a rule only after this: if this is refused, see that it is gone, "
    "and apply once more."
)
WAY_OUT = f"Share one, or use another account. {ALLOW}"


def neighbours(
    listed: Iterable[DeploymentRecord], owners: Mapping[str, DeploymentGoal]
) -> tuple[Neighbour, ...]:
    """What is in an account, and what is to become of that; whose, by names in lower case."""
    found = ((one, owners.get(one.name.lower())) for one in listed)
    return tuple(
        Neighbour(one, owner.name, served(owner, {}).weights) if owner else Neighbour(one)
        for one, owner in found
    )


def notices(case: Case, step: Step, policy: Policy) -> Iterator[str]:
    """Who serves already what is to be served. Of two that want the same, `validate` speaks."""
    if policy.one_deployment_per_model == "allow" or not isinstance(step, Make | Swap):
        return
    others = (one for one in case.neighbours if one.owner != case.goal.name)
    serving = (one for one in others if case.served.is_behind(one.record))
    holder = next((one for one in serving if one.moves_to != case.served.weights), None)
    if holder is None:
        return
    if not holder.owner:
        yield _unwanted(case, holder, is_pruned="deployment" in policy.prune)
    elif _is_in_circle(case):
        yield (
            f"part of a circle of deployments that are to serve each other's models, and {RULE}. "
            "So that takes two steps: move one to a third model, or delete it, and apply that "
            f"first. {ALLOW}"
        )
    else:
        yield (
            f"{_address(holder.owner)} serves that model until it has changed itself, and {RULE}: "
            f"apply once more if this is refused. {ALLOW}"
        )


def _unwanted(case: Case, holder: Neighbour, *, is_pruned: bool) -> str:
    record = holder.record
    is_ours = record.tags.get(PROJECT) == case.goal.project
    whose = "no manifest wants any more" if is_ours else "this project did not make"
    same = f"serves the same model in account/{record.account}"
    way_out = WAY_OUT
    if is_ours:
        way_out = f"{PRUNED if is_pruned else 'Delete it first, or use another account.'} {ALLOW}"
    return f"{_address(record.name)}, which {whose}, {same}; {RULE}. {way_out}"


def _is_in_circle(case: Case) -> bool:
    """Whether each waits for the model of the next, back to this one."""
    held = {weights(one.record): one for one in case.neighbours}
    own = {weights(one) for one in case.mine}
    wanted, names = case.served.weights, {case.goal.name}
    while wanted not in own:
        holder = held.get(wanted)
        if holder is None or not holder.owner or holder.owner in names:
            return False
        names.add(holder.owner)
        wanted = holder.moves_to
    return True


def _address(name: str) -> Address:
    return Address("deployment", name)
