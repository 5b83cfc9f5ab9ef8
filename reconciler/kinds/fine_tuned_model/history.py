"""What is known of each version of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reconciler.kinds.fine_tuned_model.cost import paid
from reconciler.kinds.fine_tuned_model.evidence import look_at
from reconciler.kinds.fine_tuned_model.gate import misses
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.jobs import final_metrics
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.kinds.fine_tuned_model.versions import Version
from reconciler.providers.session import Session


@dataclass(frozen=True)
class Chapter:
    """A version and its fate. The cost is in US dollars; None where it is not known."""

    version: Version
    is_wanted: bool
    is_promoted: bool  # keeps the gate of today's manifest, or there is none
    cost: Decimal | None
    metrics: Mapping[str, float]
    deployments: tuple[str, ...]


def history(
    goal: FineTunedModelGoal, state: FineTunedModelState | None, session: Session
) -> list[Chapter]:
    """Every version that was trained, newest first."""
    deployed = look_at(session).deployed
    own = {job.id for job in state.jobs} if state else set()
    chapters: list[Chapter] = []
    for version in state.versions if state else ():
        metrics = final_metrics(session[version.job.account], version.job)
        chapters.append(
            Chapter(
                version,
                is_wanted=version.job.id in own,
                is_promoted=not misses(goal.gate, metrics),
                cost=paid(goal, version.job),
                metrics=metrics,
                deployments=tuple(sorted(one.name for one in deployed.get(version.digits, ()))),
            )
        )
    return chapters
