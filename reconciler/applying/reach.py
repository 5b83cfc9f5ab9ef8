"""Which accounts say what is on them, and why the others do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reconciler.applying.observe import observe
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired
from reconciler.providers.errors import ServiceError
from reconciler.providers.session import Session


def out_of_reach(desired: Desired, session: Session, now: datetime) -> dict[Address, ServiceError]:
    """The first error of each account that does not answer all questions of a look."""
    found: dict[Address, ServiceError] = {}
    for name in session:
        account = Address("account", name)
        alone = replace(desired, wanted={account: desired.wanted[account]})
        try:
            observe(alone, session.only(name), now)
        except ServiceError as error:
            found[account] = error
    return found
