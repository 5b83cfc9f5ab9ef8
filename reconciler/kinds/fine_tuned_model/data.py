"""The data of a training, in the light of the model that it is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.datasets import LONGEST_CONTEXT, Report, check
from reconciler.datasets.tokens import basis, encoding_of
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.planning.kind import Remark
from reconciler.planning.phrases import count
from reconciler.providers.azure.catalogue import Catalogue

# An estimate may be so many times too high; the least that is certain counts where it refuses.
# Source: counted with o200k, 2026-11 (datasets/tokens.py).
TOO_MANY = 2.5


def counted_for(model: str, data: Any, *, is_estimate_enough: bool) -> Any:
    """The goal of a dataset, with its tokens counted by the vocabulary of the model's family.

    A dataset is counted once, with today's vocabulary, before anybody knows who uses it. Only for
    the retired families with another one is the file read again.
    """
    if data is None or data.report is None or is_estimate_enough:
        return data
    report: Report = data.report
    if encoding_of(model).startswith("cl100k"):
        again = check(data.path, format=data.format, minimum_examples=1, model=model)
        if again.sha256 == report.sha256:
            report = again
    return replace(data, report=replace(report, token_basis=basis(model)))


def remarks(
    goal: FineTunedModelGoal, catalogue: Catalogue, *, is_estimate: bool
) -> Iterator[Remark]:
    for path, data in (("training", goal.training), ("validation", goal.validation)):
        if data is not None and data.report is not None:
            yield from _images(path, data, goal, catalogue)
            yield from _context(path, data, goal, catalogue, is_estimate=is_estimate)
    if goal.training.report is not None:
        yield from _length(goal, catalogue, is_estimate=is_estimate)


def _images(
    path: str, data: Any, goal: FineTunedModelGoal, catalogue: Catalogue
) -> Iterator[Remark]:
    model = catalogue.model(goal.base_model)
    if data.report.has_images and model and model.images is False:
        source = catalogue.models.cited(model)
        base = catalogue.base_of(goal.base_model)
        text = f"dataset/{data.name} has images, and {base} does not learn from images"
        able = [name for name, one in catalogue.models.entries.items() if one.images]
        hint = f"These do: {', '.join(able)}." if able else ""
        yield Remark((path,), f"{text} in {source.words}", hint, is_error=False)


def _context(
    path: str, data: Any, goal: FineTunedModelGoal, catalogue: Catalogue, *, is_estimate: bool
) -> Iterator[Remark]:
    """Examples of which training would read only the beginning."""
    block = catalogue.context
    entry = catalogue.about(goal.base_model, block.entries)
    limit = entry.tokens if entry else None
    report: Report = data.report
    if entry is None or limit is None or report.longest <= limit:
        return
    if limit != LONGEST_CONTEXT:  # for which the file has been looked through already
        report = check(
            data.path,
            format=data.format,
            minimum_examples=1,
            model=goal.base_model,
            tokens=not is_estimate,
            context_tokens=limit,
        )
    yield Remark(
        (path,),
        f"dataset/{data.name} has {count(report.too_long, 'example')} of more than the {limit:,} "
        f"tokens that {goal.base_model} is trained with ({block.cited(entry)}); the longest, in "
        f"line {report.longest_line}, has {'about ' if is_estimate else ''}{report.longest:,}",
        "Shorten or split what is longer: the service cuts the rest off, or refuses it.",
        is_error=False,
        file=str(data.path),
        line=report.longest_line,
        rule="example/too-long",
    )


def _length(
    goal: FineTunedModelGoal, catalogue: Catalogue, *, is_estimate: bool
) -> Iterator[Remark]:
    """More tokens times epochs than one job may train: refused where that is certain."""
    entry = catalogue.limits.entries.trained_tokens
    least, most = (goal.epochs, goal.epochs) if goal.epochs else goal.facts.epochs
    tokens: int = goal.training.report.tokens
    if entry.value is None or tokens * most <= entry.value:
        return
    certain = tokens / TOO_MANY if is_estimate else tokens
    is_error = certain * (least if goal.epochs else 1) > entry.value
    epochs = f"{most} epochs" if goal.epochs else f"up to {most} epochs"
    about = "about " if is_estimate else ""
    yield Remark(
        ("training",),
        f"{about}{tokens:,} tokens x {epochs} are {tokens * most:,}; one job trains at most "
        f"{entry.value:,} ({catalogue.limits.cited(entry)})",
        "Set fewer nEpochs, or leave out examples.",
        is_error=is_error,
    )
