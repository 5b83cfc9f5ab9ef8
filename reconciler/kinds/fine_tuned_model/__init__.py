"""A model trained from a base model and a dataset. The only kind whose making is a spend."""

from reconciler.kinds.fine_tuned_model.asks import asks
from reconciler.kinds.fine_tuned_model.decide import decide, describe, retire
from reconciler.kinds.fine_tuned_model.remote import observe, perform
from reconciler.kinds.fine_tuned_model.spec import FineTunedModelSpec, references, resolve
from reconciler.planning.kind import Kind

KIND = Kind(
    name="FineTunedModel",
    spec=FineTunedModelSpec,
    references=references,
    resolve=resolve,
    observe=observe,
    describe=describe,
    decide=decide,
    retire=retire,
    perform=perform,
    asks=asks,
)
