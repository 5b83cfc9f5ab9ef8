"""Accounts: read from the control plane, and never changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.kinds import KINDS
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.desired import Desired
from reconciler.planning.kind import Wanted
from reconciler.providers.azure.listings import list_files
from reconciler.providers.errors import NotFound, PermissionMissing
from reconciler.providers.session import Place, Session
from tests.kinds.conformance.conftest import HERE, LIVE, Emulator, Service


def elsewhere(service: Service, **changed: str) -> tuple[Desired, Session]:
    """The account `here` with another address, and a session that goes there."""
    place: Place = replace(service.places["here"], **changed)
    session = Session({"here": place}, service.connect, service.pass_time)
    return Desired({HERE: Wanted(HERE, place)}, KINDS), session


def test_an_account_tells_where_it_is(service: Service) -> None:
    """ARM returns an account with its location, its endpoint and the time of its making."""
    state = service.state(service.desired(), HERE)
    assert state.region.lower().replace(" ", "") == service.places["here"].region
    assert state.endpoint.startswith("http")
    if LIVE:
        assert state.created_at is not None


def test_an_account_that_is_not_there(service: Service) -> None:
    """A missing account is answered with 404 ResourceNotFound, and is a state, not an error."""
    desired, session = elsewhere(service, account_name=f"no-{service.here.place.account_name}"[:60])
    assert service.look(desired, "account", session).states == {}


def test_an_account_that_is_not_there_is_asked_nothing_more(service: Service) -> None:
    """What is on a missing account is not asked for in the same look."""
    desired, session = elsewhere(service, account_name="conformance-nowhere")
    service.look(desired, "account", session)
    assert session.survey("files", list_files) == {}


def test_a_resource_group_that_is_not_there(service: Service) -> None:
    """A missing group is 404 ResourceGroupNotFound, or 403 for those who may read only one group.

    UNVERIFIED: which of the two a role on the account alone gets.
    """
    desired, session = elsewhere(service, resource_group="rg-that-nobody-has")
    with pytest.raises(PermissionMissing if LIVE else NotFound) as raised:
        service.look(desired, "account", session)
    assert LIVE or "Correct resourceGroup" in raised.value.hint


@pytest.mark.usefixtures("emulator")
def test_a_subscription_that_is_not_there(service: Service) -> None:
    """A subscription that a token does not reach is 404 SubscriptionNotFound: no absence."""
    desired, session = elsewhere(service, subscription_id="22222222-2222-2222-2222-222222222222")
    with pytest.raises(NotFound) as raised:
        service.look(desired, "account", session)
    assert "az login --tenant" in raised.value.hint


def test_a_role_is_missing(service: Service, emulator: Emulator) -> None:
    """Without a role on the account, reading it is 403 AuthorizationFailed, which is no absence."""
    emulator.fault(
        "GET", "/accounts/[^/]+$", None, kind="status", status=403, code="AuthorizationFailed"
    )
    with pytest.raises(PermissionMissing) as raised:
        service.state(service.desired(), HERE)
    assert "Cognitive Services OpenAI Contributor" in raised.value.hint


def test_an_account_is_never_changed(service: Service) -> None:
    """No action is ever carried out on an account."""
    desired = service.desired()
    assert service.proposed(desired, HERE).code is ReasonCode.AS_WANTED
    with pytest.raises(AssertionError):
        service.perform(desired, Action(HERE, Verb.UPDATE, ReasonCode.CHANGED, "no"))
