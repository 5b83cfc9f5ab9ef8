"""From what a person wrote to what has to be true."""

from __future__ import annotations

from reconciler.kinds.deployment.facts import facts_of
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.remarks import remarks
from reconciler.kinds.deployment.spec import DeploymentSpec
from reconciler.planning.address import Address
from reconciler.planning.kind import Reference, Resolved, Written
from reconciler.providers.azure.catalogue import Catalogue


def references(spec: DeploymentSpec) -> tuple[Reference, ...]:
    return (
        Reference(("account",), Address("account", spec.account)),
        Reference(
            ("model", "fineTunedModel"), Address("finetunedmodel", spec.model.fine_tuned_model)
        ),
    )


def resolve(written: Written) -> Resolved:
    spec: DeploymentSpec = written.spec
    catalogue: Catalogue = written.catalogue
    model_at = Address("finetunedmodel", spec.model.fine_tuned_model)
    model = written.goals[model_at]
    accounts = {name: Address("account", name) for name in (spec.account, model.account)}
    goal = DeploymentGoal(
        name=written.address.name,
        project=written.policy.project,
        account=spec.account,
        model_at=model_at,
        fingerprint=model.fingerprint,
        recipe=model.recipe,
        sku=catalogue.sku(spec.sku.name),
        capacity=spec.sku.amount,
        update=spec.update,
        is_protected=spec.protect,
        may_adopt=spec.adopt,
        checkpoint=spec.model.checkpoint,
        properties=spec.properties,
        tags=spec.tags,
        drain=spec.drain,
        probe=spec.probe,
        verify=spec.verify,
        inactivity=spec.inactivity,
        renew=spec.renew,
        base_model=catalogue.base_of(model.family),
        facts=facts_of(catalogue, spec.sku.name, model.facts.format, model.facts.dates),
        places={name: written.goals[at] for name, at in accounts.items()},
    )
    return Resolved(goal, tuple(remarks(spec, goal, written)))
