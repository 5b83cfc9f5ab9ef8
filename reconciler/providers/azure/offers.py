"""Whether a region trains a model in a way, or serves what was trained: two witnesses. Pure.

The service lists base models. Of training it says whether there is any, and never at which types.
The SKUs of a base model say nothing of what is trained from it, save those whose line of quota
ends in `-finetune` (azure-dev's tests, read 2026-10). The catalogue knows all of it, and ages.
A witness who tells one half only, and nothing against it, needs the other's half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from reconciler.planning.asking import Ask, Favour
from reconciler.planning.phrases import joined
from reconciler.providers.azure.catalogue import OPENAI, Catalogue
from reconciler.providers.azure.examination import Offered
from reconciler.providers.checks import Check, Result


class Says(Enum):
    YES = auto()
    HALF = auto()  # of the region or of the model, not of both
    NO = auto()
    NOTHING = auto()


@dataclass(frozen=True)
class Word:
    says: Says
    text: str = ""
    remedy: str = ""


def weighed(
    ask: Ask, region: str, models: Mapping[str, Offered] | None, catalogue: Catalogue
) -> Check:
    """What both say; `models` is what the service lists, or None where it could not be asked."""
    theirs = Word(Says.NOTHING) if models is None else _service(ask, region, models, catalogue)
    ours = _catalogue(ask, region, catalogue)
    result = _result(theirs.says, ours.says)
    if result is Result.OK and theirs.says is Says.YES:
        return Check(ask.account, _what(ask), result)
    text = "; ".join(filter(None, (theirs.text, ours.text)))
    remedy = "" if result is Result.OK else ours.remedy or theirs.remedy
    return Check(ask.account, _what(ask), result, text, remedy)


def _result(theirs: Says, ours: Says) -> Result:
    """Only what both deny is missing."""
    both = {theirs, ours}
    if both == {Says.NO}:
        return Result.MISSING
    if Says.NO in both:
        return Result.WARNING
    return Result.OK if Says.YES in both or both == {Says.HALF} else Result.UNKNOWN


def _what(ask: Ask) -> str:
    model, how = ask.of
    is_training = ask.favour is Favour.TRAIN
    return f"offers {how} training of {model}" if is_training else f"offers {model} at {how}"


def _service(ask: Ask, region: str, models: Mapping[str, Offered], catalogue: Catalogue) -> Word:
    model, how = ask.of
    found = models.get(model.lower())
    if found is None:
        remedy = "Look for a region that has it, or for another model."
        return Word(Says.NO, f"{region} does not list {model}", remedy)
    if ask.favour is Favour.TRAIN:
        return _of_training(region, found, is_open=catalogue.format_of(model) != OPENAI)
    return _of_serving(how.lower(), region, found)


def _of_training(region: str, found: Offered, *, is_open: bool) -> Word:
    """Of open models it is said that they cannot be trained, also of those that can be.

    Source: Microsoft's public fine-tuning field notes, 2026-08.
    """
    if found.is_tunable:
        return Word(Says.HALF, f"{region} trains it")
    if found.is_tunable is None or is_open:
        return Word(Says.NOTHING, f"{region} does not say so")
    return Word(Says.NO, f"{region} says that it does not")


def _of_serving(how: str, region: str, found: Offered) -> Word:
    if how in found.tuned_skus:
        return Word(Says.YES, f"{region} lists it")
    if found.tuned_skus:
        return Word(Says.NO, f"{region} lists what is trained from it at other SKUs only")
    if how in found.skus:
        return Word(Says.HALF, f"{region} lists that of the base model")
    return Word(Says.NOTHING, f"{region} does not say so")


def _catalogue(ask: Ask, region: str, catalogue: Catalogue) -> Word:
    """Whether the model goes with a training type or a SKU at all, and then where."""
    model, how = ask.of
    is_training = ask.favour is Favour.TRAIN
    block = catalogue.training_types if is_training else catalogue.skus
    how = catalogue.training_type(how) if is_training else catalogue.sku(how)
    known, entry = catalogue.model(model), block.entries.get(how)
    listed = (known.training_types if is_training else known.skus) if known else None
    if known and listed is not None and how not in listed:
        remedy = f"By the catalogue, it has {joined(listed)}." if listed else ""
        return _denial(f"{how} for it", catalogue.models.cited(known), remedy)
    regions, source = catalogue.regions_of(entry, model) if entry else None, block.cited(entry)
    if regions is None and not listed:
        return Word(Says.NOTHING, "the catalogue does not know")
    if regions is None:
        return Word(Says.HALF, f"the catalogue has {how} for it, and does not say where ({source})")
    if region.casefold() in {one.casefold() for one in regions}:
        return Word(Says.YES, f"the catalogue has {how} there ({source})")
    return _denial(f"{how} there", source, _elsewhere(regions))


def _denial(what: str, source: object, remedy: str) -> Word:
    return Word(Says.NO, f"the catalogue does not have {what} ({source})", remedy)


def _elsewhere(regions: Sequence[str]) -> str:
    return f"By the catalogue, it is in {joined(regions)}." if regions else ""
