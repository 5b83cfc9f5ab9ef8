"""A fine-tuned model that can be called, under a name that stays."""

from reconciler.kinds.deployment.asks import asks
from reconciler.kinds.deployment.decide import decide, describe, retire
from reconciler.kinds.deployment.remote import observe, perform
from reconciler.kinds.deployment.resolving import references, resolve
from reconciler.kinds.deployment.spec import DeploymentSpec
from reconciler.planning.kind import Kind

KIND = Kind(
    name="Deployment",
    spec=DeploymentSpec,
    references=references,
    resolve=resolve,
    observe=observe,
    describe=describe,
    decide=decide,
    retire=retire,
    perform=perform,
    asks=asks,
)
