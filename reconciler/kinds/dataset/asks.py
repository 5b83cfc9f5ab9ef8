"""What a dataset asks of the accounts that it is uploaded to."""

from __future__ import annotations

from reconciler.planning.asking import Ask, Favour
from reconciler.planning.kind import Wanted


def asks(wanted: Wanted) -> tuple[Ask, ...]:
    return tuple(Ask(account, Favour.UPLOAD) for account in wanted.accounts)
