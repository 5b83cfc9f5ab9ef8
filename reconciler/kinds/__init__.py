"""The kinds of resources, one folder each. A new kind is one new folder and one line here."""

from collections.abc import Mapping

from reconciler.kinds import account, dataset, deployment, fine_tuned_model
from reconciler.planning.kind import Kind

KINDS: Mapping[str, Kind] = {
    kind.word: kind
    for kind in (
        account.KIND,
        dataset.KIND,
        fine_tuned_model.KIND,
        deployment.KIND,
    )
}
