"""What a person writes about a fine-tuned model."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from reconciler.datasets.overlap import overlap
from reconciler.kinds.fine_tuned_model import advice
from reconciler.kinds.fine_tuned_model.data import counted_for
from reconciler.kinds.fine_tuned_model.facts import facts_of
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.method import FORMATS, MethodSpec, method_of
from reconciler.kinds.writing import Name, Part
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import Recipe, fingerprint
from reconciler.planning.kind import Reference, Remark, Resolved, Written
from reconciler.providers.azure.catalogue import Catalogue

# Source: Microsoft Learn, "Customize a model with fine-tuning", read 2026-10.
FEWEST_EXAMPLES = 10
# Source: Azure OpenAI v1 data-plane specification, read 2026-10.
LARGEST_SEED = 2_147_483_647


class Retry(Part):
    """How often to try in all when the service itself fails a job. A refusal is never retried."""

    attempts: int = Field(default=1, ge=1, le=10)


class FineTunedModelSpec(Part):
    """What to train, from what, and with what."""

    account: Name = Field(description="the name of an Account")
    base_model: str = Field(min_length=1)
    method: MethodSpec = MethodSpec()
    training: Name = Field(description="the name of a Dataset")
    validation: Name | None = Field(default=None, description="the name of a Dataset")
    seed: int | None = Field(default=None, ge=0, le=LARGEST_SEED)
    training_type: str = Field(
        default="Standard", description="Standard, GlobalStandard or DeveloperTier"
    )
    suffix: str | None = Field(
        default=None,
        min_length=1,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$",
        description="letters, digits and hyphens, to which the fingerprint is added; default: the "
        "resource's name",
    )
    revision: int = Field(
        default=1, ge=1, description="raise it to train the same thing again on purpose"
    )
    retry: Retry = Retry()


def references(spec: FineTunedModelSpec) -> tuple[Reference, ...]:
    needed = [
        Reference(("account",), Address("account", spec.account)),
        Reference(("training",), Address("dataset", spec.training), spec.account),
    ]
    if spec.validation:
        needed.append(Reference(("validation",), Address("dataset", spec.validation), spec.account))
    return tuple(needed)


def resolve(written: Written) -> Resolved:
    """Name the weights that the spec asks for."""
    spec: FineTunedModelSpec = written.spec
    catalogue: Catalogue = written.catalogue
    training, validation = (
        counted_for(spec.base_model, data, is_estimate_enough=written.is_estimate_enough)
        for data in (
            written.goals[Address("dataset", spec.training)],
            written.goals.get(Address("dataset", spec.validation or "")),
        )
    )
    method = method_of(spec.method)
    recipe = Recipe(
        base_model=catalogue.model_name(spec.base_model),
        method=spec.method.type,
        training_sha256=training.sha256,
        hyperparameters=method.hyperparameters,
        seed=spec.seed,
        revision=spec.revision,
        rest=method.rest,
    )
    goal = FineTunedModelGoal(
        name=written.address.name,
        account=spec.account,
        base_model=spec.base_model,
        method=method,
        training=training,
        training_at=Address("dataset", spec.training),
        validation=validation,
        validation_at=Address("dataset", spec.validation) if spec.validation else None,
        seed=spec.seed,
        training_type=catalogue.training_type(spec.training_type),
        label=spec.suffix or written.address.name,
        attempts=spec.retry.attempts,
        fingerprint=fingerprint(recipe),
        suffix_length=written.policy.suffix_length,
        facts=facts_of(catalogue, spec.base_model, spec.training_type),
    )
    return Resolved(goal, (*_remarks(spec, goal), *advice.remarks(goal, written)))


def _remarks(spec: FineTunedModelSpec, goal: FineTunedModelGoal) -> Iterator[Remark]:
    examples = goal.training.report.examples
    if examples < FEWEST_EXAMPLES:
        yield Remark(
            ("training",),
            f"{goal.training_at} has {examples} examples; training needs {FEWEST_EXAMPLES}",
            "Add examples.",
        )
    if spec.training == spec.validation:
        yield Remark(
            ("validation",),
            "the validation data is the training data; its metrics will say nothing",
            is_error=False,
        )
    yield from _unfit_data(spec, goal)
    yield from _shared_examples(goal)


def _unfit_data(spec: FineTunedModelSpec, goal: FineTunedModelGoal) -> Iterator[Remark]:
    """Data in a format that the method does not take, or missing where it has to be there."""
    method = spec.method.type
    takes = FORMATS[method]
    for path, data in (("training", goal.training), ("validation", goal.validation)):
        if data is not None and data.format not in takes:
            text = f"{method} trains on data of format {' or '.join(takes)}, not {data.format}"
            yield Remark((path,), text, f"Set format in dataset/{data.name}, or change the method.")
    if method == "reinforcement" and goal.validation is None:
        yield Remark(("method",), "reinforcement needs validation data", "Name a Dataset.")


def _shared_examples(goal: FineTunedModelGoal) -> Iterator[Remark]:
    """Examples that stand in the training and in the validation data."""
    if goal.validation is None or goal.validation.path == goal.training.path:
        return
    if found := overlap(goal.training.path, goal.validation.path).finding:
        yield Remark(
            ("validation",),
            found.message,
            found.hint,
            is_error=False,
            file=str(goal.validation.path),
            line=found.line,
            rule=found.rule,
        )
