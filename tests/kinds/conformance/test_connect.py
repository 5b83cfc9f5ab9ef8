"""How the clients are opened: addresses, sign-in, and nothing that is guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.providers import PROVIDERS
from reconciler.providers.azure.connect import require_loopback
from reconciler.providers.azure.listings import list_deployments, list_files
from reconciler.providers.azure.local import register
from reconciler.providers.errors import AnswerLost
from tests.kinds.conformance.conftest import Emulator, Service

# What other tools read; a value here would lead elsewhere.
MISLEADING = {
    "OPENAI_API_KEY": "sk-of-another-service",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "OPENAI_API_VERSION": "2020-01-01",
    "AZURE_OPENAI_API_KEY": "key-of-another-account",
    "AZURE_OPENAI_AD_TOKEN": "token-of-another-tenant",
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9",
}


def test_both_planes_answer(service: Service) -> None:
    """One sign-in opens the data plane on its v1 path, and the control plane."""
    list_files(service.here)
    list_deployments(service.here)


def test_the_dated_path_answers(service: Service) -> None:
    """The dated path lists the same jobs as v1, under the same sign-in."""
    modern = [one.id for one in service.here.data.fine_tuning.jobs.list(limit=100)]
    dated = [one.id for one in service.here.legacy.fine_tuning.jobs.list(limit=100)]
    assert modern == dated


def test_the_environment_of_other_tools_changes_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses and keys are those of the manifest, whatever other tools are told."""
    for name, value in MISLEADING.items():
        monkeypatch.setenv(name, value)
    connection = service.connect(service.places["here"])
    list_files(connection)
    list(connection.legacy.fine_tuning.jobs.list())
    list_deployments(connection)


def test_every_account_has_its_own_objects(two_accounts: Service) -> None:
    """Files of one account are not seen in another."""
    service = two_accounts
    service.upload(service.desired())
    here = {one.id for one in list_files(service.session["here"])}
    assert here.isdisjoint(one.id for one in list_files(service.session["there"]))


@pytest.mark.parametrize(
    "url", ["http://example.com", "https://127.0.0.1.example.com:1", "http://10.0.0.1", "nothing"]
)
def test_only_this_machine_is_local(service: Service, url: str) -> None:
    """Plain HTTP, and a sign-in that means nothing, never leave this machine."""
    with pytest.raises(ValueError, match=r"not on this machine|no URL of an emulator"):
        require_loopback(url)
    with pytest.raises(ValueError, match=r"not on this machine|no URL of an emulator"):
        PROVIDERS["azure"](service.places["here"], url)


def test_registering_twice(service: Service, emulator: Emulator) -> None:
    """An account that an emulator knows already keeps what is on it."""
    service.upload(service.desired())
    register(emulator.url, [service.places["here"]])
    assert list_files(service.here)


def test_registering_with_nobody(service: Service) -> None:
    """No emulator at an address is said in one sentence."""
    with pytest.raises(AnswerLost, match="no emulator answers"):
        register("http://127.0.0.1:9", [service.places["here"]])


def test_an_endpoint_may_end_in_a_slash(
    service: Service, emulator: Emulator, monkeypatch: Any
) -> None:
    """`https://…/` and `https://…` are the same endpoint."""
    monkeypatch.setenv("FTCTL_CONFORMANCE_KEY", "k")
    place = service.places["here"]
    endpoint = f"{emulator.url}/{place.account_name}/"
    keyed = replace(place, endpoint=endpoint, api_key_from_env="FTCTL_CONFORMANCE_KEY")
    assert list_files(PROVIDERS["azure"](keyed, None)) == []
