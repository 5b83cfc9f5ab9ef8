"""What the catalogue has to say about a spec: warnings, each with its source and date."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.alias_generators import to_camel

from reconciler.kinds import doubts
from reconciler.kinds.fine_tuned_model import data
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.planning.address import Address
from reconciler.planning.kind import Remark, Written
from reconciler.providers.azure.catalogue import Catalogue


def remarks(goal: FineTunedModelGoal, written: Written) -> Iterator[Remark]:
    catalogue: Catalogue = written.catalogue
    account = written.goals[Address("account", goal.account)]
    yield from _model(goal, catalogue)
    yield from _training_type(goal, catalogue, account.region)
    yield from _ranges(goal, catalogue)
    yield from data.remarks(goal, catalogue, is_estimate=written.is_estimate_enough)


def _model(goal: FineTunedModelGoal, catalogue: Catalogue) -> Iterator[Remark]:
    block = catalogue.models
    base = catalogue.base_of(goal.base_model)
    yield from doubts.unknown(("baseModel",), "base model", base, block.entries, block.cited())
    if model := catalogue.model(base):
        claim, source = f"{base} is trained by", block.cited(model)
        yield from doubts.unlisted(("method",), claim, goal.method.type, model.methods, source)


def _training_type(goal: FineTunedModelGoal, catalogue: Catalogue, region: str) -> Iterator[Remark]:
    """Whether it exists, is offered for the model, and in the region of the account."""
    path, kind = ("trainingType",), goal.training_type
    block = catalogue.training_types
    entry = block.entries.get(kind)
    if entry is None:
        yield from doubts.unknown(path, "training type", kind, block.entries, block.cited())
        return
    if not entry.is_documented:
        text = f"how the service wants {kind} to be spelled is not documented; {doubts.PASSED_ON}"
        yield Remark(path, text, is_error=False)
    base = catalogue.base_of(goal.base_model)
    if model := catalogue.model(base):
        claim, source = f"{base} is trained at", catalogue.models.cited(model)
        yield from doubts.unlisted(path, claim, kind, model.training_types, source)
    claim, regions = f"{kind} training of {base} is offered in", catalogue.regions_of(entry, base)
    yield from doubts.unlisted(path, claim, region, regions, block.cited(entry))


def _ranges(goal: FineTunedModelGoal, catalogue: Catalogue) -> Iterator[Remark]:
    """Hyperparameters outside of what is advised; the service takes them."""
    block = catalogue.hyperparameters
    for name, value in goal.method.hyperparameters.items():
        advice = getattr(block.entries, name, None)
        if advice is None or advice.least <= value <= advice.most:
            continue
        text = (
            f"{to_camel(name)} is {value:g}; {advice.least:g} to {advice.most:g} is advised "
            f"({block.cited(advice)})"
        )
        path = ("method", "hyperparameters", to_camel(name))
        yield Remark(path, text, doubts.sentence(advice.note), is_error=False)
