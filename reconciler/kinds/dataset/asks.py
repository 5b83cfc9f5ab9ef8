"""What a dataset asks of the accounts that it is uploaded to."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.dataset.spec import DatasetGoal
from reconciler.planning.asking import Ask, Favour
from reconciler.planning.kind import Wanted
from reconciler.providers.session import Parts


def asks(wanted: Wanted) -> tuple[Ask, ...]:
    return tuple(Ask(account, one) for account in wanted.accounts for one in _favours(wanted.goal))


def _favours(goal: DatasetGoal) -> Iterator[Favour]:
    """Large files take another right as well, on other addresses."""
    yield Favour.UPLOAD
    if goal.size > Parts().threshold:
        yield Favour.SEND_PARTS
