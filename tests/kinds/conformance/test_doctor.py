"""The doctor asks a service that answers, one that refuses, and one that is somewhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from inline_snapshot import snapshot

from reconciler.applying.examine import examine_all, examine_for
from reconciler.applying.observe import observe
from reconciler.planning.desired import Desired
from reconciler.providers import PROVIDERS
from reconciler.providers.azure.permissions import read_permissions
from reconciler.providers.checks import Check, Result
from reconciler.providers.session import Session
from tests.kinds.conformance.conftest import DEPLOYMENT, MODEL, TRAINING, Emulator, Service

STEPS = (TRAINING, MODEL, DEPLOYMENT)
NOW = datetime.now(UTC)


@pytest.fixture
def wanted(service: Service, emulator: Emulator) -> Desired:
    sku = {"name": "GlobalStandard", "capacity": 1}
    return service.desired({"sku": sku, "raiPolicyName": "strict"})


def checked(service: Service, wanted: Desired) -> dict[str, Check]:
    """The checks of the first account that are not well."""
    checks = examine_all(wanted, service.session, datetime.now(UTC))
    return {one.name: one for one in checks if one.account == "here" and one.result != "ok"}


def test_one_s_own_permissions(service: Service) -> None:
    """UNVERIFIED: whoever may act on an account may ask what else they may do there."""
    found = read_permissions(service.here, service.here.place.resource_id)
    assert found.allow("Microsoft.CognitiveServices/accounts/read")


def test_all_is_well(service: Service, wanted: Desired) -> None:
    """A service that allows everything has every check in order, in every account."""
    checks = examine_all(wanted, service.session, datetime.now(UTC))
    assert {one.result for one in checks} == {Result.OK}
    assert {one.account for one in checks} == {"here", "there"}
    assert "has the content filter strict" in {one.name for one in checks}


def test_few_questions(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """Before a training three questions are enough, and only where something is wanted."""
    observed = observe(wanted, service.session, NOW)
    before = len(emulator.log())
    assert examine_for(wanted, observed, STEPS, service.session)
    asked = [one["path"].rsplit("/", 1)[1] for one in emulator.log()[before:]]
    assert asked == ["conformance-here", "permissions", "strict"]


def test_roles(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """What a reader may do, found without writing anything."""
    emulator.register("conformance-here", roles={"account": ["Cognitive Services OpenAI User"]})
    found = checked(service, wanted)
    assert {name: str(one.result) for name, one in found.items()} == snapshot(
        {
            "reads quota": "warning",
            "may upload files": "missing",
            "may delete files": "warning",
            "may train": "missing",
            "may delete models": "warning",
            "may make deployments": "missing",
            "may delete deployments": "missing",
            "may read metrics": "warning",
        }
    )
    assert {one["method"] for one in emulator.log()} == {"GET"}


def test_roles_of_the_control_plane_alone(
    service: Service, emulator: Emulator, wanted: Desired
) -> None:
    """Cognitive Services Contributor deploys, and cannot even list files."""
    roles = {"account": ["Cognitive Services Contributor"], "subscription": ["Reader"]}
    emulator.register("conformance-here", roles=roles)
    found = checked(service, wanted)
    assert sorted(found) == snapshot(
        [
            "may call deployments",
            "may delete files",
            "may delete models",
            "may train",
            "may upload files",
            "reads files",
            "reads models",
            "reads training jobs",
        ]
    )


def test_permissions_that_nobody_tells(
    service: Service, emulator: Emulator, wanted: Desired
) -> None:
    """Where the caller's permissions cannot be read they are unknown, and nothing is missing."""
    emulator.fault(
        "GET", "permissions$", None, kind="status", status=403, code="AuthorizationFailed"
    )
    assert {name: str(one.result) for name, one in checked(service, wanted).items()} == {
        "rights": "unknown"
    }
    emulator.clear()
    emulator.answers("GET", "permissions$", {"value": "everything"})
    assert "are not as documented" in checked(service, wanted)["rights"].detail


def test_content_filters(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """A filter that is not there is found before anything is deployed."""
    emulator.register("conformance-here", raiPolicies=["mild"])
    assert list(checked(service, wanted)) == ["has the content filter strict"]
    emulator.register("conformance-here", raiPolicies=["Strict"])
    assert checked(service, wanted) == {}


def test_a_region_that_does_not_train(
    service: Service, emulator: Emulator, wanted: Desired
) -> None:
    """Where the service denies what the catalogue has, that is a warning, and not missing."""
    emulator.register("conformance-here", region="norwayeast")
    emulator.turn(training_regions="enforce")
    found = checked(service, wanted)
    assert {name: str(one.result) for name, one in found.items()} == {
        "account": "warning",
        "offers GlobalStandard training of gpt-4.1-nano-2025-04-14": "warning",
    }


def test_the_account(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """A missing account is one line, and what depends on it is not asked for in vain."""
    emulator.fault(
        "GET",
        "accounts/conformance-here$",
        None,
        kind="status",
        status=404,
        code="ResourceNotFound",
    )
    assert checked(service, wanted)["account"].result is Result.MISSING


def test_a_clock_that_is_wrong(service: Service, wanted: Desired) -> None:
    """The service's own time is in the head of each answer."""
    checks = examine_all(wanted, service.session, datetime.now(UTC) + timedelta(minutes=10))
    assert {one.name for one in checks if one.result is Result.WARNING} == {"clock"}


def test_an_account_without_a_key(service: Service, wanted: Desired) -> None:
    """What a connection needs and has not is the sign-in that is missing."""
    places = {"here": replace(service.places["here"], api_key_from_env="FTCTL_NO_SUCH_KEY")}
    session = Session(places, lambda place: PROVIDERS[place.provider](place, None))
    checks = examine_all(wanted, session, NOW)
    assert [(one.name, str(one.result)) for one in checks] == [("sign-in", "missing")]
    assert "FTCTL_NO_SUCH_KEY" in checks[0].detail
