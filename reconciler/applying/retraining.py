"""What has changed in the data of each model that is to be trained again.

The bytes of before are looked for in git, where the data file lives. They are on the service as
well, and fetched from there only if that was asked for: a file may be large.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.datasets import check
from reconciler.datasets.difference import Difference, difference
from reconciler.kinds.dataset.earlier import earlier_content, uploaded_content
from reconciler.kinds.dataset.spec import MARK
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.versions import Version
from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed
from reconciler.planning.plan import Plan
from reconciler.providers.session import Session


@dataclass(frozen=True)
class DataChange:
    """The examples that differ from those of the version before, and the tokens they add."""

    address: Address
    since: str  # the digits of that version
    difference: Difference
    tokens: int


def data_changes(
    proposal: Plan, desired: Desired, observed: Observed, session: Session | None
) -> Iterator[DataChange]:
    """One for each retraining whose earlier data can still be found; with a session, also there.

    Raises ServiceError where the service does not hand out what was asked for.
    """
    for action in proposal.steps:
        if action.verb is Verb.TRAIN and action.code is ReasonCode.NEW:
            state = observed.states.get(action.address)
            goal = desired.wanted[action.address].goal
            if state and state.versions and (found := _change(goal, state.versions[0], session)):
                yield DataChange(action.address, state.versions[0].digits, *found)


def _change(
    goal: FineTunedModelGoal, last: Version, session: Session | None
) -> tuple[Difference, int] | None:
    data = goal.training
    if data.path is None or not last.data or last.data.endswith(data.mark):
        return None
    with _earlier(goal, last, session) as old:
        if old is None:
            return None
        tokens = data.report.tokens - check(old, format=data.format).tokens
        return difference(old, data.path), tokens


@contextmanager
def _earlier(
    goal: FineTunedModelGoal, last: Version, session: Session | None
) -> Iterator[Path | None]:
    mark = last.data.removesuffix(".jsonl")[-MARK:]
    with earlier_content(goal.training.path, mark) as found:
        if found or session is None:
            yield found
            return
    with uploaded_content(session[last.job.account], last.job.training_file, mark) as found:
        yield found
