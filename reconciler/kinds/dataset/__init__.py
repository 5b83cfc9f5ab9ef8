"""A file of training or validation examples, uploaded to each account whose models use it."""

from reconciler.kinds.dataset.asks import asks
from reconciler.kinds.dataset.decide import decide, describe, retire
from reconciler.kinds.dataset.remote import observe, perform
from reconciler.kinds.dataset.spec import DatasetSpec, references, resolve
from reconciler.planning.kind import Kind

KIND = Kind(
    name="Dataset",
    spec=DatasetSpec,
    references=references,
    resolve=resolve,
    observe=observe,
    describe=describe,
    decide=decide,
    retire=retire,
    perform=perform,
    asks=asks,
)
