"""An Azure OpenAI (Foundry) resource. ftctl connects to it and never changes it."""

from reconciler.kinds.account.decide import decide, describe, retire
from reconciler.kinds.account.remote import observe, perform
from reconciler.kinds.account.spec import AccountSpec, references, resolve
from reconciler.planning.kind import Kind

KIND = Kind(
    name="Account",
    spec=AccountSpec,
    references=references,
    resolve=resolve,
    observe=observe,
    describe=describe,
    decide=decide,
    retire=retire,
    perform=perform,
)
