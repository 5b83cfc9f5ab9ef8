"""What a training asks of its account."""

from __future__ import annotations

from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.planning.asking import Ask, Favour
from reconciler.planning.kind import Wanted


def asks(wanted: Wanted) -> tuple[Ask, ...]:
    goal: FineTunedModelGoal = wanted.goal
    return (Ask(goal.account, Favour.TRAIN, (goal.base_model, goal.training_type)),)
