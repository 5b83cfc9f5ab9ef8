"""Asks the control plane for the accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from reconciler.kinds.account.state import AccountState
from reconciler.planning.action import Action
from reconciler.planning.kind import Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.failures import translated
from reconciler.providers.errors import NotFound
from reconciler.providers.session import Connection, Session


def observe(wanted: Iterable[Wanted], session: Session, _policy: Policy) -> Observation:
    seen = session.survey("account", _fetch)
    states = {one.address: seen[one.address.name] for one in wanted}
    for address, state in states.items():
        if state is None:
            session.leave_out(address.name)
    return Observation({address: state for address, state in states.items() if state})


def _fetch(connection: Connection) -> AccountState | None:
    place = connection.place
    try:
        with translated("read the account", place.name):
            account = connection.control.accounts.get(place.resource_group, place.account_name)
    except NotFound as error:
        if error.code != "ResourceNotFound":
            raise  # without its subscription or its group nobody knows what is there
        return None
    return AccountState(
        region=account.location or "",
        endpoint=(account.properties.endpoint if account.properties else "") or "",
        created_at=account.system_data.created_at if account.system_data else None,
    )


def perform(action: Action, _wanted: Wanted | None, _state: Any, _scene: Scene) -> NoReturn:
    raise AssertionError(f"an account is never changed: {action}")
