"""Where data goes that a deployment is about to handle: said before it happens. Pure.

Which SKU processes where is in the catalogue. Source of what is copied: Microsoft Learn, "Deploy a
fine-tuned model", 2026-03-19.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.planning.action import Action, Verb
from reconciler.planning.address import Address
from reconciler.planning.standing import Standing
from reconciler.providers.session import Place

YOURS = "(yours)"  # the tenant that a person signs in to


def notices(
    goal: DeploymentGoal, action: Action, needs: Mapping[Address, Standing]
) -> Iterator[str]:
    """For a deployment that is made or moved: who will see the data, and where weights go."""
    place = goal.places.get(goal.account)
    if action.verb is Verb.CREATE or any(one.field == "sku.name" for one in action.changes):
        yield from _processing(goal, place)
    source = _source(goal, needs)
    if action.verb in {Verb.CREATE, Verb.REPLACE} and place and source:
        yield from _copies(place, source)


def _processing(goal: DeploymentGoal, place: Place | None) -> Iterator[str]:
    if not goal.facts.elsewhere:
        return
    rest = "; data at rest stays in " + (place.region if place else "the region of the account")
    if not goal.facts.keeps_data_in_region:
        rest = ", and promises no data residency"
    yield f"{goal.sku} may process prompts and answers in {goal.facts.elsewhere}{rest}"


def _source(goal: DeploymentGoal, needs: Mapping[Address, Standing]) -> Place | None:
    """The account that has the model, or will have it, if that is another."""
    stand = needs.get(goal.model_at)
    named = stand.ids.get("account") if stand else None
    others = [one for name, one in goal.places.items() if name != goal.account]
    if named is None:
        return next(iter(others), None)
    return next((one for one in others if one.name == named), None)


def _copies(place: Place, source: Place) -> Iterator[str]:
    parts = (
        ("region", source.region, place.region),
        ("subscription", source.subscription_id, place.subscription_id),
        ("tenant", source.tenant_id or YOURS, place.tenant_id or YOURS),
    )
    crossed = [f"{what} {of} to {to}" for what, of, to in parts if of != to]
    if crossed:
        yield f"the weights are copied from account/{source.name}: {', '.join(crossed)}"
