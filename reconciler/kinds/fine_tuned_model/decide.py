"""Whether to train. Training is a spend, never a repair.

Evidence is weighed from the strongest to the weakest: a job that counts, a model in the models
list, jobs that failed or were cancelled, a deployment made from it. Only where there is none at
all is a model new. Everything else that leads to `train` was asked for: by `retry` for a job that
the service itself failed, or by --allow-retrain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from reconciler.kinds.fine_tuned_model import retirement
from reconciler.kinds.fine_tuned_model.cost import training_cost
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.kinds.fine_tuned_model.verdict import Verdict, verdict
from reconciler.planning.action import Action, Decision, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.listings import JobRecord

NEVER_AGAIN = {
    ReasonCode.FAILED_SAFETY_DATA,
    ReasonCode.FAILED_SAFETY_MODEL,
    ReasonCode.FAILED_DATA,
}
CHANGE_IT = "change the data, or raise revision, to submit it again"


def describe(
    wanted: Wanted, state: FineTunedModelState | None, _needs: Mapping[Address, Standing]
) -> Standing:
    if state is None:
        return Standing(Phase.MISSING)
    if state.usable:
        ids = {"model": state.usable.id, "account": state.usable.account}
        job = state.winner
        if job:
            ids["job"] = job.id
        return Standing(Phase.READY, ids, job.finished_at if job else None)
    if job := state.winner:
        return _working(job)
    if state.models or state.deployments:
        lost = f"trained before as {wanted.goal.short}, and lost"
        return Standing(Phase.MISSING, {}, None, lost)
    if state.failures and not state.called_off:
        job = state.failures[-1]
        detail = verdict(job.error).text
        return Standing(Phase.FAILED, {"job": job.id}, job.finished_at, detail)
    job = state.called_off or state.jobs[-1]
    return Standing(Phase.FAILED, {"job": job.id}, job.finished_at, "cancelled")


def _working(job: JobRecord) -> Standing:
    ids = {"job": job.id}
    match job.status:
        case "pending":
            return Standing(Phase.PENDING, ids, job.created_at, "queued")
        case "running":
            return Standing(Phase.RUNNING, ids, job.created_at, "training")
        case "paused":
            return Standing(Phase.RUNNING, ids, job.created_at, "paused")
        case "succeeded":
            return Standing(Phase.FAILED, ids, job.created_at, "the service names no model of it")
        case "failed" | "cancelled":
            raise AssertionError("never the job that counts")
        case _:
            assert_never(job.status)


def decide(wanted: Wanted, state: FineTunedModelState | None, context: Context) -> Decision:
    """Whether to train, and what is known of the end of the base model."""
    decision = _decide(wanted, state, context)
    retiring = retirement.notices(wanted.goal.facts.dates, decision.action, context.now)
    return replace(decision, notices=(*decision.notices, *retiring))


def _decide(wanted: Wanted, state: FineTunedModelState | None, context: Context) -> Decision:
    goal: FineTunedModelGoal = wanted.goal
    if state is None:
        return Decision(_train(wanted, ReasonCode.NEW, "never trained"))
    if state.twins:
        return Decision(_cancel_twins(wanted, state))
    if state.usable:
        keep = Action(wanted.address, Verb.KEEP, ReasonCode.AS_WANTED, f"trained as {goal.short}")
        return Decision(keep, tuple(_notices(goal, state)))
    job = state.winner
    if job and job.is_active:
        detail = describe(wanted, state, context.needs).detail
        reason = f"{detail} since {job.created_at:%Y-%m-%d %H:%M} UTC ({job.id})"
        return Decision(Action(wanted.address, Verb.WAIT, ReasonCode.PENDING, reason, is_slow=True))
    return Decision(_without_model(wanted, state, context))


def _without_model(wanted: Wanted, state: FineTunedModelState, context: Context) -> Action:
    if state.winner or state.deployments or state.models:
        found = Verdict(
            ReasonCode.LOST, f"{_what_is_left(state)}; pass --allow-retrain to pay again"
        )
    elif state.failures and not state.called_off:
        found = verdict(state.failures[-1].error)
        if found.code in NEVER_AGAIN:
            return _stuck(wanted, Verdict(found.code, f"{found.text}; {CHANGE_IT}"))
        tried = len(state.failures)
        if tried < wanted.goal.attempts:
            text = f"attempt {tried + 1} of {wanted.goal.attempts}: {found.text}"
            return _train(wanted, ReasonCode.RETRY, text)
        outlook = f"{found.text} ({tried} of {wanted.goal.attempts} attempts)"
        found = Verdict(found.code, f"{outlook}; raise retry.attempts, or pass --allow-retrain")
    else:
        text = "its training was cancelled; pass --allow-retrain, or raise revision"
        found = Verdict(ReasonCode.CANCELLED, text)
    if context.policy.allow_retrain:
        return _train(wanted, ReasonCode.RETRAIN, "asked for with --allow-retrain")
    return _stuck(wanted, found)


def _what_is_left(state: FineTunedModelState) -> str:
    if state.deployments:
        return f"trained before: deployment {', '.join(state.deployments)} still names it"
    return "trained before, and its model was retired or deleted"


def _train(wanted: Wanted, code: ReasonCode, reason: str) -> Action:
    goal: FineTunedModelGoal = wanted.goal
    return Action(
        wanted.address,
        Verb.TRAIN,
        code,
        f"{reason.rstrip('.')}: {goal.base_model} on {goal.training_at.name}, as {goal.short}",
        cost=training_cost(goal),
        lane=goal.account,
        undo="cancelling is free until it starts; what has run by then is paid",
    )


def _cancel_twins(wanted: Wanted, state: FineTunedModelState) -> Action:
    ids = ", ".join(one.id for one in state.twins)
    return Action(
        wanted.address,
        Verb.UPDATE,
        ReasonCode.TWIN,
        f"submitted more than once: cancel the younger {ids}",
        lane=state.twins[0].account,
        undo="not needed: the older job trains the same weights",
    )


def _stuck(wanted: Wanted, found: Verdict) -> Action:
    return Action(wanted.address, Verb.KEEP, found.code, found.text)


def _notices(goal: FineTunedModelGoal, state: FineTunedModelState) -> Iterator[str]:
    """What has changed since it was trained that does not change the weights."""
    again = "raise revision to train again"
    job = state.winner
    if job is None:
        return
    if job.account != goal.account:
        yield f"it was trained in account/{job.account}; {again} in account/{goal.account}"
    elif job.training_type and job.training_type.lower() != goal.training_type.lower():
        yield f"it was trained at {job.training_type}; {again} at {goal.training_type}"
    if job.validation_file and goal.validation is None:
        yield f"validation data was removed; the metrics are from the older file; {again}"
    elif goal.validation is not None and not _is_validated_with(goal, state):
        yield f"validation data changed; the metrics are from the older file; {again}"


def _is_validated_with(goal: FineTunedModelGoal, state: FineTunedModelState) -> bool:
    job = state.winner
    if job and not job.validation_file:
        return False
    names = state.validation_marks
    return not names or any(name.endswith(goal.validation.mark) for name in names)


def retire(address: Address, state: FineTunedModelState) -> Action:
    job = state.winner
    what = state.usable.id if state.usable else (job.id if job else "its job records")
    return Action(
        address,
        Verb.DELETE,
        ReasonCode.UNWANTED,
        f"{what}, for good",
        lane=job.account if job else "",
        undo="none: training it again is paid again",
    )
