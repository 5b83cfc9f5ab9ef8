"""What a person writes about a fine-tuned model."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from reconciler.datasets.overlap import overlap
from reconciler.kinds.fine_tuned_model import advice
from reconciler.kinds.fine_tuned_model.base import BaseChoice, BaseModelChoice, Parent, named
from reconciler.kinds.fine_tuned_model.data import counted_for
from reconciler.kinds.fine_tuned_model.facts import facts_of
from reconciler.kinds.fine_tuned_model.gate import Gate
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.method import FORMATS, MethodSpec, method_of
from reconciler.kinds.writing import Name, Part
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import Recipe
from reconciler.planning.kind import Reference, Remark, Resolved, Written
from reconciler.providers.azure.catalogue import Catalogue

# Source: Microsoft Learn, "Customize a model with fine-tuning", read 2026-10.
FEWEST_EXAMPLES = 10
# Source: Azure OpenAI v1 data-plane specification, read 2026-10.
LARGEST_SEED = 2_147_483_647


class Retry(Part):
    """How often to try in all when the service itself fails a job. A refusal is never retried."""

    attempts: int = Field(default=1, ge=1, le=10)


class Keep(Part):
    """What `prune: [FineTunedModel]` leaves alone; without it, every version is kept for ever."""

    versions: int = Field(ge=1, description="how many, the one that is wanted among them")


class FineTunedModelSpec(Part):
    """What to train, from what, and with what."""

    account: Name = Field(description="the name of an Account")
    base_model: BaseModelChoice = Field(
        description="a known model, the id of a fine-tuned one, or {fineTunedModel: NAME}"
    )
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
    priority: int = Field(
        default=0,
        description="who is submitted first where the service has no place for all: the highest, "
        "then by name",
    )
    promote: Gate | None = None
    keep: Keep | None = None


def references(spec: FineTunedModelSpec) -> tuple[Reference, ...]:
    needed = [
        Reference(("account",), Address("account", spec.account)),
        Reference(("training",), Address("dataset", spec.training), spec.account),
    ]
    if spec.validation:
        needed.append(Reference(("validation",), Address("dataset", spec.validation), spec.account))
    if isinstance(spec.base_model, BaseChoice):
        parent = Address("finetunedmodel", spec.base_model.fine_tuned_model)
        needed.append(Reference(("baseModel", "fineTunedModel"), parent))
    return tuple(needed)


def resolve(written: Written) -> Resolved:
    """Name the weights that the spec asks for."""
    spec: FineTunedModelSpec = written.spec
    catalogue: Catalogue = written.catalogue
    parent = _parent(spec, written)
    base_model = parent.goal.base_model if parent else str(spec.base_model)
    training, validation = (
        counted_for(base_model, data, is_estimate_enough=written.is_estimate_enough)
        for data in (
            written.goals[Address("dataset", spec.training)],
            written.goals.get(Address("dataset", spec.validation or "")),
        )
    )
    method = method_of(spec.method)
    recipe = Recipe(
        base_model=named(parent.version, parent.checkpoint)
        if parent
        else catalogue.model_name(base_model),
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
        base_model=base_model,
        method=method,
        training=training,
        training_at=Address("dataset", spec.training),
        validation=validation,
        validation_at=Address("dataset", spec.validation) if spec.validation else None,
        seed=spec.seed,
        training_type=catalogue.training_type(spec.training_type),
        label=spec.suffix or written.address.name,
        attempts=spec.retry.attempts,
        recipe=recipe,
        suffix_length=written.policy.suffix_length,
        priority=spec.priority,
        project=written.policy.project,
        parent=parent,
        gate=spec.promote,
        keep=spec.keep.versions if spec.keep else None,
        facts=facts_of(catalogue, base_model),
    )
    spares = (parent.at,) if parent and parent.pin else ()
    return Resolved(goal, (*_remarks(spec, goal), *advice.remarks(goal, written)), spares)


def _parent(spec: FineTunedModelSpec, written: Written) -> Parent | None:
    """The model it goes on from. A pin to the version wanted now is no pin: that may be trained."""
    choice = spec.base_model
    if not isinstance(choice, BaseChoice):
        return None
    at = Address("finetunedmodel", choice.fine_tuned_model)
    goal = written.goals[at]
    pin = choice.fingerprint if choice.fingerprint != goal.short else None
    return Parent(at, goal, choice.checkpoint, pin or "")


def _remarks(spec: FineTunedModelSpec, goal: FineTunedModelGoal) -> Iterator[Remark]:
    report = goal.training.report
    examples = report.examples if report else FEWEST_EXAMPLES  # the service counts behind a URL
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
    yield from _unfit_parent(goal)
    yield from _unmeasured(goal)


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


def _unfit_parent(goal: FineTunedModelGoal) -> Iterator[Remark]:
    """A job can only go on from a model of its own account."""
    parent = goal.parent
    if parent and parent.goal.account != goal.account:
        yield Remark(
            ("baseModel", "fineTunedModel"),
            f"{parent.at} is trained in account/{parent.goal.account}, and a training goes on "
            f"only from a model of its own account, which is account/{goal.account}",
            "Train both in one account.",
        )


def _unmeasured(goal: FineTunedModelGoal) -> Iterator[Remark]:
    """A gate on validation metrics where there is no validation data would never open."""
    if goal.gate is None or goal.validation is not None:
        return
    for metric in goal.gate.require:
        if not metric.startswith("train_"):
            yield Remark(
                ("promote", "require", metric),
                f"{metric} is measured on validation data, and there is none",
                "Name a Dataset in validation.",
            )


def _shared_examples(goal: FineTunedModelGoal) -> Iterator[Remark]:
    """Examples that stand in the training and in the validation data."""
    training, validation = goal.training, goal.validation
    if validation is None or validation.path is None or training.path in {None, validation.path}:
        return  # one of both is missing, not read here, or the same
    if found := overlap(training.report, validation.report).finding:
        yield Remark(
            ("validation",),
            found.message,
            found.hint,
            is_error=False,
            file=str(validation.path),
            line=found.line,
            rule=found.rule,
        )
