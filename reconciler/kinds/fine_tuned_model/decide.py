"""Whether to train. Training is a spend, never a repair.

Evidence is weighed from the strongest to the weakest: a job that counts, a model in the models
list, jobs that failed or were cancelled, a deployment made from it. Only where there is none at
all is a model new. Everything else that leads to `train` was asked for: by `retry` for a job that
the service itself failed, or by --allow-retrain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from reconciler.kinds.fine_tuned_model import retirement
from reconciler.kinds.fine_tuned_model.cost import training_cost
from reconciler.kinds.fine_tuned_model.gate import misses
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.limits import given_back, kept
from reconciler.kinds.fine_tuned_model.progress import Progress, activity, activity_in_full
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.kinds.fine_tuned_model.verdict import Verdict, verdict
from reconciler.kinds.fine_tuned_model.versions import since_last
from reconciler.planning.action import Action, Decision, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import carried
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.listings import JobRecord, ModelRecord

NEVER_AGAIN = {
    ReasonCode.FAILED_SAFETY_DATA,
    ReasonCode.FAILED_SAFETY_MODEL,
    ReasonCode.FAILED_DATA,
}
MEASURED_WITHIN = timedelta(minutes=10)  # UNVERIFIED; a guess on the safe side
CHANGE_IT = "change the data, or raise revision, to submit it again"


def describe(
    wanted: Wanted, state: FineTunedModelState | None, _needs: Mapping[Address, Standing]
) -> Standing:
    if state is None or not state.is_evidence:
        return Standing(Phase.MISSING)
    if state.usable:
        return _trained(wanted.goal, state, state.usable)
    if job := state.winner:
        return _working(job, state.progress, wanted)
    if state.models or state.deployments:
        lost = f"trained before as {wanted.goal.short}, and lost"
        return Standing(Phase.MISSING, {}, None, lost)
    if state.failures and not state.called_off:
        job = state.failures[-1]
        found = verdict(job.error)
        phase = Phase.REFUSED if found.code in NEVER_AGAIN else Phase.FAILED
        return Standing(phase, {"job": job.id}, job.finished_at, found.text, found.harms)
    job = state.called_off or state.jobs[-1]
    return Standing(Phase.FAILED, {"job": job.id}, job.finished_at, "cancelled")


def _trained(goal: FineTunedModelGoal, state: FineTunedModelState, model: ModelRecord) -> Standing:
    """`model` and `version` are what others may use: an older one where this misses its gate."""
    job = state.winner
    since = job.finished_at if job else None
    if not misses(goal.gate, state.metrics):
        ids = {"model": model.id, "account": model.account, "version": carried(model.id)}
        return Standing(Phase.READY, ids | ({"job": job.id} if job else {}), since)
    why = _missed(goal, state)
    if (before := state.promoted) is None:
        return Standing(Phase.HELD, {"held": model.id}, since, why)
    ids = {"model": before.job.model, "account": before.job.account}
    ids |= {"version": before.digits, "job": before.job.id}
    return Standing(Phase.DEGRADED, ids, before.trained_at, why)


def _missed(goal: FineTunedModelGoal, state: FineTunedModelState) -> str:
    why = "; ".join(one.words for one in misses(goal.gate, state.metrics))
    before = state.promoted
    use = f"deployments keep {before.digits}" if before else "no version before it is promoted"
    return f"trained as {goal.short}, not promoted: {why}; {use}"


def _working(job: JobRecord, progress: Progress | None, wanted: Wanted) -> Standing:
    ids = {"job": job.id}
    match job.status:
        case "pending":
            return Standing(Phase.PENDING, ids, job.created_at, activity(job, progress, wanted))
        case "running" | "paused":
            return Standing(Phase.RUNNING, ids, job.created_at, activity(job, progress, wanted))
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
    if state is None or not state.is_evidence:
        return Decision(_first(wanted, state or FineTunedModelState(), context))
    if state.twins:
        return Decision(_cancel_twins(wanted, state))
    if state.usable and misses(goal.gate, state.metrics):
        return Decision(_before_the_gate(wanted, state, context))
    if state.usable:
        reason = f"trained as {_trained_as(goal, state.usable)}"
        keep = Action(wanted.address, Verb.KEEP, ReasonCode.AS_WANTED, reason)
        return Decision(keep, tuple(_notices(goal, state)))
    job = state.winner
    if job and job.is_active:
        reason = activity_in_full(job, state.progress, wanted)
        return Decision(Action(wanted.address, Verb.WAIT, ReasonCode.PENDING, reason, is_slow=True))
    return Decision(_without_model(wanted, state, context))


def _before_the_gate(wanted: Wanted, state: FineTunedModelState, context: Context) -> Action:
    """Not promoted; or what the gate asks for is only late: it comes after the model does."""
    goal: FineTunedModelGoal = wanted.goal
    is_open = any(one.value is None for one in misses(goal.gate, state.metrics))
    if is_open and state.winner and _ended_just_now(state.winner, context.now):
        reason = f"trained as {goal.short}; its metrics are not there yet"
        return Action(wanted.address, Verb.WAIT, ReasonCode.PENDING, reason)
    return _stuck(wanted, Verdict(ReasonCode.NOT_PROMOTED, _missed(goal, state)))


def _ended_just_now(job: JobRecord, now: datetime) -> bool:
    ended = job.finished_at
    return ended is not None and now - ended < MEASURED_WITHIN


def _trained_as(goal: FineTunedModelGoal, model: ModelRecord) -> str:
    """The digits it was trained under, and why they may be others than those of its manifest."""
    digits = carried(model.id) or goal.short
    if digits == goal.short:
        return digits
    return f"{digits}: the service chose then what is pinned now, so the weights are the same"


def _first(wanted: Wanted, state: FineTunedModelState, context: Context) -> Action:
    """A training of weights that nothing on the service has ever carried the mark of."""
    goal: FineTunedModelGoal = wanted.goal
    last = state.versions[0] if state.versions else None
    if last is None:
        account = context.needs.get(Address("account", goal.account))
        is_out_of_sight = account is not None and account.phase is Phase.MISSING
        reason = "nobody can see whether it was trained" if is_out_of_sight else "never trained"
        return _train(wanted, ReasonCode.NEW, reason, state, context)
    reason = f"a new version, after {last.digits} of {last.trained_at:%Y-%m-%d}"
    action = _train(wanted, ReasonCode.NEW, reason, state, context)
    return replace(action, changes=since_last(goal, last)) if action.is_active else action


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
            return _train(wanted, ReasonCode.RETRY, text, state, context)
        outlook = f"{found.text} ({tried} of {wanted.goal.attempts} attempts)"
        found = Verdict(found.code, f"{outlook}; raise retry.attempts, or pass --allow-retrain")
    else:
        text = "its training was cancelled; pass --allow-retrain, or raise revision"
        found = Verdict(ReasonCode.CANCELLED, text)
    if context.policy.allow_retrain:
        text = "asked for with --allow-retrain"
        return _train(wanted, ReasonCode.RETRAIN, text, state, context)
    return _stuck(wanted, found)


def _what_is_left(state: FineTunedModelState) -> str:
    if state.deployments:
        return f"trained before: {', '.join(state.deployments)} still names it"
    return "trained before, and its model was retired or deleted"


def _train(
    wanted: Wanted, code: ReasonCode, reason: str, state: FineTunedModelState, context: Context
) -> Action:
    goal: FineTunedModelGoal = wanted.goal
    if unfit := _unfit_base(goal, state, context):
        return _stuck(wanted, unfit)
    return Action(
        wanted.address,
        Verb.TRAIN,
        code,
        f"{reason.rstrip('.')}: {goal.base} on {goal.training_at.name}, as {goal.short}",
        cost=training_cost(goal),
        lane=goal.account,
        takes={kept(goal.account): 1},
        queue=goal.account,
        priority=goal.priority,
        undo="cancelling is free until it starts; what has run by then is paid",
    )


def _unfit_base(
    goal: FineTunedModelGoal, state: FineTunedModelState, context: Context
) -> Verdict | None:
    """Why there is nothing to go on from, where waiting would not help."""
    parent = goal.parent
    if parent is None:
        return None
    if parent.pin and not state.base:
        text = f"version {parent.pin} of {parent.at} is not in account/{goal.account} any more"
        return Verdict(ReasonCode.NO_BASE, f"{text}; pin another, or remove the fingerprint")
    stand = context.needs.get(parent.at)
    if stand and stand.phase in {Phase.DEGRADED, Phase.HELD} and not parent.pin:
        text = f"it goes on from {parent.at}, which is trained, not promoted"
        return Verdict(ReasonCode.NOT_PROMOTED, text)
    return None


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
        takes=given_back(state.jobs),
        undo="none: training it again is paid again",
        ids=frozenset(one.id for one in state.jobs),
        users=frozenset(state.deployments),
    )
