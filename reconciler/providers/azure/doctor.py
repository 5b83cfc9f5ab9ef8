"""Examines an account, and says what it found."""

from __future__ import annotations

from reconciler.providers.azure.diagnosis import diagnose, unreachable
from reconciler.providers.azure.examination import examine
from reconciler.providers.checks import Check, Visit
from reconciler.providers.errors import ServiceError
from reconciler.providers.session import Session


def check(session: Session, visit: Visit) -> list[Check]:
    """Never raises ServiceError: what stands in the way is what was found."""
    try:
        connection = session[visit.account]
    except ServiceError as error:
        return [unreachable(session.places[visit.account], error)]
    return diagnose(examine(connection, visit))
