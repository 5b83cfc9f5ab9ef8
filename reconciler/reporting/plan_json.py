"""A plan and the end of a run as programs read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal

from reconciler.applying.events import Finished
from reconciler.planning.action import Action, Cost, Deferred
from reconciler.planning.plan import Plan, hosting_cost, training_cost
from reconciler.planning.refusals import Refusal
from reconciler.reporting.formats import (
    ActionOut,
    ApplyOut,
    ChangeOut,
    CostOut,
    DeferredOut,
    FailureOut,
    NoticeOut,
    OfferOut,
    PlanOut,
    QueueOut,
    RefusalOut,
    SummaryOut,
)


def plan_out(plan: Plan, project: str, refusals: Iterable[Refusal] = ()) -> PlanOut:
    low, high, untold = training_cost(plan.steps)
    hosting, unhosted = hosting_cost(plan.hosted)
    return PlanOut(
        project=project,
        has_changes=plan.has_changes,
        actions=[_action(one) for one in plan.actions],
        deferred=[_deferred(one) for one in plan.deferred],
        notices=[
            NoticeOut(address=str(one.address) if one.address else None, message=one.message)
            for one in plan.notices
        ],
        refusals=[RefusalOut(**asdict(one)) for one in refusals],
        summary=SummaryOut(
            **plan.count(),
            training_low=float(low),
            training_high=float(high),
            is_training_cost_known=not untold,
            hosting_per_month=float(hosting),
            is_hosting_cost_known=not unhosted,
        ),
    )


def _action(action: Action) -> ActionOut:
    return ActionOut(
        address=str(action.address),
        verb=action.verb,
        reason=action.reason,
        reason_code=action.code,
        changes=[ChangeOut(**asdict(one)) for one in action.changes],
        cost=_cost(action.cost),
        undo=action.undo,
    )


def _deferred(one: Deferred) -> DeferredOut:
    then = _action(one.then).model_dump(exclude={"address", "verb"})
    return DeferredOut(
        address=str(one.address),
        waits_for=[str(need) for need in one.waits_for],
        queue=QueueOut(**asdict(one.queue)) if one.queue else None,
        then=one.then.verb,
        **then,
    )


def _cost(cost: Cost | None) -> CostOut | None:
    if cost is None:
        return None
    return CostOut(
        training_low=_number(cost.training_low),
        training_high=_number(cost.training_high),
        hosting_per_month=_number(cost.hosting_per_month),
        basis=cost.basis,
        source=cost.source,
        offers=[OfferOut.model_validate(asdict(one)) for one in cost.offers],
    )


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def apply_out(finished: Finished, approved: PlanOut, exit_code: int) -> ApplyOut:
    return ApplyOut(
        outcome=finished.ending.value,
        exit_code=exit_code,
        done=[_action(one) for one in finished.done],
        running=[_action(one) for one in finished.running],
        failed=[
            FailureOut(address=str(at), message=error.message, code=error.code, hint=error.hint)
            for at, error in finished.failed.items()
        ],
        stuck=[_action(one) for one in finished.stuck],
        in_line=[_deferred(one) for one in finished.plan.in_line],
        blocked={str(at): [str(one) for one in by] for at, by in finished.blocked.items()},
        unapproved=[_action(one) for one in finished.unapproved],
        left=[_action(one) for one in (*finished.left, *finished.held)],
        plan=approved,
    )


def refused_out(approved: PlanOut, exit_code: int) -> ApplyOut:
    """The end of a run that never began."""
    return ApplyOut(
        outcome="refused",
        exit_code=exit_code,
        done=[],
        running=[],
        failed=[],
        stuck=[],
        in_line=[],
        blocked={},
        unapproved=[],
        left=[],
        plan=approved,
    )
